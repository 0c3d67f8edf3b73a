import { render, screen } from '@testing-library/react';
import type { ComponentType } from 'react';
import Legacy from '../../src/client';
import Modern from '../../src/client-v2';
import english from '../../src/locale/en-US.json';
import { FakeServer } from './support/fake-server';
import { source } from './support/rows';

interface Registered {
  readonly name: string;
  readonly aclSnippet: string;
  readonly load: () => Promise<ComponentType>;
}

/** As much of a client's application as the entries touch; both clients' ways to register a page end up here. */
function fakeApplication(server: FakeServer) {
  const pages: Registered[] = [];
  const menus: string[] = [];
  const texts = english as Record<string, string>;
  const app = {
    apiClient: { request: server.request, axios: { defaults: { baseURL: '/api/' } } },
    i18n: { language: 'en-US', t: (key: string) => texts[key] ?? key },
    getRouteUrl: (path: string) => path,
    pluginSettingsManager: {
      add: (name: string, { Component, aclSnippet }: { Component: ComponentType; aclSnippet: string }) =>
        pages.push({ name, aclSnippet, load: async () => Component }),
      addMenuItem: ({ key }: { key: string }) => menus.push(key),
      addPageTabItem: (tab: {
        menuKey: string;
        key: string;
        aclSnippet: string;
        componentLoader: () => Promise<{ default: ComponentType }>;
      }) => {
        if (!menus.includes(tab.menuKey)) throw new Error(`There is no menu ${tab.menuKey}`);
        const load = async () => (await tab.componentLoader()).default;
        pages.push({ name: `${tab.menuKey}.${tab.key}`, aclSnippet: tab.aclSnippet, load });
      },
    },
  };
  return { app, pages };
}

describe.each([
  ['legacy', Legacy],
  ['modern', Modern],
])('the entry of the %s client', (_, Plugin) => {
  it('puts the page beside users and roles, for those who may', async () => {
    const server = new FakeServer();
    server.sources = [source({ displayName: 'Personnel' })];
    const { app, pages } = fakeApplication(server);
    const plugin = new (Plugin as unknown as new (app: unknown) => InstanceType<typeof Legacy>)(app);
    await plugin.load();
    expect(pages).toMatchObject([{ name: 'users-permissions.sync', aclSnippet: 'pm.user-data-sync' }]);
    const Page = await pages[0].load();
    render(<Page />);
    expect(await screen.findByText('Personnel')).toBeInTheDocument();
  });

  it('takes the forms of other plugins', () => {
    const plugin = new (Plugin as unknown as new (app: unknown) => InstanceType<typeof Legacy>)({});
    const AdminSettingsForm = () => null;
    plugin.registerType('ldap', { components: { AdminSettingsForm } });
    expect(plugin.sourceTypes.get('ldap')?.components?.AdminSettingsForm).toBe(AdminSettingsForm);
  });
});
