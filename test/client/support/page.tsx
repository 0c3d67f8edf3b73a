import { render } from '@testing-library/react';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import { createInstance } from 'i18next';
import type { PageHost } from '../../../src/client/page/host';
import { SourceTypeRegistry } from '../../../src/client/page/source-type-registry';
import { SyncPage } from '../../../src/client/page/SyncPage';
import english from '../../../src/locale/en-US.json';
import { FakeServer } from './fake-server';

export const PUSH_URL = 'https://nocobase.example.com/api/userData:push';

/** Set up as the host does it: keys are sentences, so neither dots nor colons part them. */
const i18n = createInstance({
  lng: 'en-US',
  resources: { 'en-US': { translation: english } },
  keySeparator: false,
  nsSeparator: false,
  initImmediate: false,
});
void i18n.init();

export const t: PageHost['t'] = (key, params) => i18n.t(key, { ...params, interpolation: { escapeValue: false } });

export interface ShownPage {
  readonly user: UserEvent;
  readonly server: FakeServer;
  /** Tells the page that a run moved on. */
  readonly announceTask: () => void;
}

interface Setup extends Partial<Omit<PageHost, 'request' | 't'>> {
  readonly server?: FakeServer;
  readonly user?: UserEvent;
}

/** Shows the page in English, over a server of the test's own. */
export function showPage({ server = new FakeServer(), user = userEvent.setup(), ...host }: Setup = {}): ShownPage {
  const listeners = new Set<(event: { taskId: string }) => void>();
  const whole: PageHost = {
    request: server.request,
    t,
    locale: 'en-US',
    types: new SourceTypeRegistry(),
    pushUrl: PUSH_URL,
    links: { users: '/admin/users', apiKeys: '/admin/api-keys' },
    onTaskEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ...host,
  };
  render(<SyncPage host={whole} />);
  return { user, server, announceTask: () => listeners.forEach((listener) => listener({ taskId: '7' })) };
}
