import { act, render } from '@testing-library/react';
import { endSessions, markUserLists, type PageContent } from '../../src/client/disabled-users';
import { ListedUsers } from '../../src/client/disabled-users/listed-users';
import { MarkedUsers } from '../../src/client/disabled-users/MarkedUsers';
import { FakeApplication } from './support/fake-application';

const asHost = (app: FakeApplication) => app as unknown as HostApplication;
const listOf = (rows: unknown, url = 'users:list') => ({ config: { url }, data: { data: rows } });

describe('who is disabled', () => {
  const learned = (...answers: ReturnType<typeof listOf>[]) => {
    const users = new ListedUsers();
    for (const answer of answers) users.learn(answer);
    return users.disabledIds();
  };
  const ada = { id: 1, isDisabled: true };
  const bo = { id: 2, isDisabled: false };

  it.each([
    ['is learned from a list of users', [listOf([ada, bo])], ['1']],
    ['is learned whatever the address is written like', [listOf([ada], '/api/users:list?page=1')], ['1']],
    ['is added to by the next page', [listOf([ada]), listOf([bo, { id: 3, isDisabled: true }])], ['1', '3']],
    ['is forgotten once they are enabled', [listOf([ada]), listOf([{ ...ada, isDisabled: false }])], []],
    ['is not known where the role may not see it', [listOf([{ id: 1, nickname: 'Ada' }])], []],
    ['is not read from other lists', [listOf([ada], 'departments:list'), listOf([ada], 'superusers:list')], []],
    ['is not read from what is no list', [listOf(ada), listOf(undefined), listOf('')], []],
  ])('%s', (_, answers, ids) => expect(learned(...answers)).toEqual(ids));
});

describe('a list of users', () => {
  const rowsOf = (container: HTMLElement) =>
    [...(container.querySelector('style')?.textContent ?? '').matchAll(/tr\[data-row-key="(\w+)"\]/g)].map(
      ([, id]) => id,
    );

  it('marks whom it has loaded as disabled, and nobody else', () => {
    const users = new ListedUsers();
    const { container } = render(
      <MarkedUsers users={users} label='Dis"abled'>
        <table />
      </MarkedUsers>,
    );
    expect(container.querySelector('style')).toBeNull();
    const table = container.querySelector('table');
    act(() => users.learn(listOf([{ id: 12, isDisabled: true }, { id: 13 }])));
    expect(new Set(rowsOf(container))).toEqual(new Set(['12']));
    expect(container.querySelector('style')).toHaveTextContent('content: "Dis\\"abled";');
    act(() => users.learn(listOf([{ id: 12, isDisabled: false }])));
    expect(container.querySelector('style')).toBeNull();
    expect(container.querySelector('table')).toBe(table);
  });

  it('is left alone where the host has none', () => {
    const app = new FakeApplication();
    const replaced: [string, PageContent][] = [];
    const mark = () =>
      markUserLists(
        asHost(app),
        () => 'Disabled',
        (...page) => replaced.push(page),
      );
    mark();
    app.pages.set('users-permissions.users', {});
    mark();
    expect(replaced).toEqual([]);
  });
});

describe('the session of somebody who was disabled', () => {
  const MESSAGE = 'Your account is disabled.';
  let app: FakeApplication;

  beforeEach(() => {
    app = new FakeApplication();
    endSessions(asHost(app));
    history.replaceState(null, '', '/admin');
  });

  const refusal = (token: string | undefined, code = 'USER_DISABLED', status = 401) =>
    Object.assign(new Error(), {
      config: { headers: { Authorization: token && `Bearer ${token}` }, skipNotify: false },
      response: { status, data: { errors: [{ code, message: MESSAGE }] } },
    });
  const refused = async (error = refusal('current')) => {
    await expect(app.refuse(error)).rejects.toBe(error);
    return error;
  };
  const gone = { token: null, role: null, authenticator: null };

  it('ends on the sign-in page, which says why until they sign in', async () => {
    const { config } = await refused();
    expect(app.session).toEqual(gone);
    expect(app.visited).toEqual(['/signin']);
    expect([...app.notices.values()]).toEqual([{ message: MESSAGE, duration: 0 }]);
    // The host would say it again, and for some seconds only.
    expect(config.skipNotify).toBe(true);
    app.apiClient.auth.setToken('new');
    expect(app.notices.size).toBe(0);
  });

  it('ends once, however many requests were under way', async () => {
    await Promise.all([refused(), refused(), refused()]);
    expect(app.visited).toEqual(['/signin']);
  });

  it('ends when the browser knows it by a cookie only', async () => {
    app.session.token = null;
    await refused(refusal(undefined));
    expect(app.visited).toEqual(['/signin']);
  });

  it('does not take the next session along', async () => {
    app.session.token = 'of somebody else';
    const { config } = await refused();
    expect(app.session.token).toBe('of somebody else');
    expect(app.visited).toEqual([]);
    expect(app.notices.size).toBe(0);
    expect(config.skipNotify).toBe(true);
  });

  it('ends where it is on a page that needs no session', async () => {
    history.replaceState(null, '', '/signin');
    await refused();
    expect(app.session).toEqual(gone);
    expect(app.visited).toEqual([]);
    expect(app.notices.size).toBe(1);
  });

  it.each([
    ['other refusals', refusal('current', 'INVALID_TOKEN')],
    ['being refused to sign in', refusal('current', 'USER_DISABLED', 403)],
    ['an answer without a reason', Object.assign(refusal('current'), { response: { status: 401, data: null } })],
    ['no answer at all', Object.assign(refusal(undefined), { response: undefined })],
  ])('does not end by %s', async (_, error) => {
    await refused(error);
    expect(app.session.token).toBe('current');
    expect(app.visited).toEqual([]);
    expect(error.config.skipNotify).toBe(false);
  });

  it('is heard of before the host says something', async () => {
    const host = new FakeApplication();
    const said: unknown[] = [];
    host.apiClient.axios.interceptors.response.use(undefined, (error) => {
      said.push((error as ReturnType<typeof refusal>).config.skipNotify);
      throw error;
    });
    endSessions(asHost(host));
    await expect(host.refuse(refusal('current'))).rejects.toBeDefined();
    expect(said).toEqual([true]);
  });
});
