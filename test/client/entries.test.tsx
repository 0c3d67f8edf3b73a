import { render, screen } from '@testing-library/react';
import type { SourceOptions as OfficialLegacy } from '@nocobase/plugin-user-data-sync/dist/client';
import type * as OfficialModern from '@nocobase/plugin-user-data-sync/dist/client-v2/types';
import Legacy from '../../src/client';
import Modern, { type SourceAdminSettingsFormLoader, type SourceAdminSettingsFormProps } from '../../src/client-v2';
import { FakeApplication } from './support/fake-application';
import { FakeServer } from './support/fake-server';
import { source } from './support/rows';

const PAGE = 'users-permissions.sync';

describe.each([
  ['legacy', Legacy],
  ['modern', Modern],
])('the entry of the %s client', (_, Plugin) => {
  const create = (app: unknown) => new (Plugin as unknown as new (app: unknown) => InstanceType<typeof Legacy>)(app);

  it('puts the page beside users and roles, for those who may', async () => {
    const server = new FakeServer();
    server.sources = [source({ displayName: 'Personnel' })];
    const app = new FakeApplication(server);
    await create(app).load();
    expect([...app.pages.keys()]).toEqual([PAGE]);
    expect(app.pages.get(PAGE)).toMatchObject({ aclSnippet: 'pm.user-data-sync' });
    const Page = await app.load(PAGE);
    render(<Page />);
    expect(await screen.findByText('Personnel')).toBeInTheDocument();
  });

  it('takes the forms of other plugins', () => {
    const plugin = create({});
    const AdminSettingsForm = () => null;
    plugin.registerType('ldap', { components: { AdminSettingsForm } });
    expect(plugin.sourceTypes.get('ldap')?.components?.AdminSettingsForm).toBe(AdminSettingsForm);
    const options = plugin.sourceTypes.get('ldap');
    expect([...plugin.sourceTypes.getKeys()]).toEqual(['ldap']);
    expect([...plugin.sourceTypes.getValues()]).toEqual([options]);
    expect([...plugin.sourceTypes.getEntities()]).toEqual([['ldap', options]]);
  });

  it('is the plugin that others get, by the names of the built-in one and by its own', async () => {
    // The server names the bundle twice, so the host makes two plugins of the class; it loads the later one.
    const pluginsAliases: Record<string, unknown> = {};
    const app = { pm: { pluginsAliases } };
    for (const names of [['nocobase-plugin-user-data-sync'], ['user-data-sync', '@nocobase/plugin-user-data-sync']]) {
      const plugin = create(app);
      for (const name of names) pluginsAliases[name] = plugin;
      await plugin.afterAdd();
    }
    const plugins = Object.values(pluginsAliases);
    expect(plugins).toHaveLength(3);
    expect(new Set(plugins)).toEqual(new Set([pluginsAliases['user-data-sync']]));
  });

  it('ends the session of who was disabled', async () => {
    const app = new FakeApplication();
    await create(app).load();
    const data = { errors: [{ code: 'USER_DISABLED', message: 'Disabled.' }] };
    const error = Object.assign(new Error(), { response: { status: 401, data } });
    await expect(app.refuse(error)).rejects.toBe(error);
    expect(app.visited).toEqual(['/signin']);
  });

  it.each(['before', 'after'])('marks who is disabled in lists of plugins that load %s it', async (order) => {
    const app = new FakeApplication();
    const addPages = () => {
      for (const page of ['users', 'departments']) {
        const Component = () => <p>The list of {page}</p>;
        // Lists come in both ways.
        const content = page === 'users' ? { Component } : { componentLoader: async () => ({ default: Component }) };
        app.pages.set(`users-permissions.${page}`, { aclSnippet: `pm.${page}`, ...content });
        app.announce(page);
      }
    };
    if (order === 'before') addPages();
    await create(app).load();
    if (order === 'after') addPages();
    await app.receive({ config: { url: 'users:list' }, data: { data: [{ id: 7, isDisabled: true }] } });
    for (const page of ['users', 'departments']) {
      const name = `users-permissions.${page}`;
      expect(app.pages.get(name)?.aclSnippet).toBe(`pm.${page}`);
      const Page = await app.load(name);
      const { container, unmount } = render(<Page />);
      expect(container).toHaveTextContent(`The list of ${page}`);
      expect(container.querySelector('style')).toHaveTextContent('[data-row-key="7"]');
      expect(container.querySelector('style')).toHaveTextContent('content: "Disabled";');
      unmount();
    }
  });
});

it('in the modern client, the context of pages and forms has the source types', async () => {
  const properties = new Map<string, { get: () => unknown }>();
  const defineProperty = (name: string, options: { get: () => unknown }) => properties.set(name, options);
  const app = Object.assign(new FakeApplication(), { flowEngine: { context: { defineProperty } } });
  const plugin = new (Modern as unknown as new (app: unknown) => InstanceType<typeof Modern>)(app);
  await plugin.load();
  expect(properties.get('userDataSyncSourceTypes')?.get()).toBe(plugin.sourceTypes);
});

it('takes what is typed for the built-in plugin', () => {
  const Settings = (_: OfficialModern.SourceAdminSettingsFormProps) => null;
  const loader: OfficialModern.SourceAdminSettingsFormLoader = async () => ({ default: Settings });
  const modern: OfficialModern.SourceOptions = { components: { AdminSettingsFormLoader: loader } };
  const legacy: OfficialLegacy = { components: { AdminSettingsForm: () => null } };
  const props: SourceAdminSettingsFormProps = {};
  const ours: SourceAdminSettingsFormLoader = loader;
  const plugins = [Legacy, Modern].map((Plugin) => new (Plugin as unknown as new (app: unknown) => Legacy)({}));
  for (const plugin of plugins) {
    plugin.registerType('modern', modern);
    plugin.registerType('legacy', legacy);
    expect([...plugin.sourceTypes.getKeys()]).toEqual(['modern', 'legacy']);
  }
  expect([props, ours]).toEqual([{}, loader]);
});
