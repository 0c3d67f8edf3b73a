import { Plugin } from '@nocobase/server';
import BuiltIn from '@nocobase/plugin-user-data-sync';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import Own, { type PluginUserDataSyncServer } from '../../../src/server';
import { describeForBuiltIn } from '../../../src/server/in-place/api-description';
import { remarkOn, TRIED_WITH } from '../../../src/server/in-place/host-version';
import { takePlace } from '../../../src/server/in-place/take-place';
import { OWN_PACKAGE } from '../../../src/server/model/names';
import document from '../../../src/swagger';
import { TestApp } from '../../support/app';
import { createDatabase, type TestDatabase } from '../../support/databases';
import { runOfficialHost } from '../../support/official-host';

const BUILT_IN_PACKAGE = '@nocobase/plugin-user-data-sync';
/** A host is installed, stopped, started and started anew some times, in ms. */
const MANY_STARTS = 300_000;
const PEOPLE = {
  dataType: 'user' as const,
  sourceName: 'hr',
  matchKey: 'username',
  records: [
    { uid: 'ada', username: 'ada', nickname: 'Ada' },
    { uid: 'bob', username: 'bob', nickname: 'Bob' },
  ],
};

interface Listed {
  name: string;
  packageName: string;
  url: string;
  clientV2Url?: string;
}

/** What plugins said in the log. */
const logged: string[] = [];

beforeAll(() => {
  const remember = (message: unknown) => void logged.push(String(message));
  jest
    .spyOn(Plugin.prototype, 'log', 'get')
    .mockReturnValue({ warn: remember, error: remember, info: remember, debug: remember } as never);
});
afterAll(() => jest.restoreAllMocks());

describe('a stock host that gets the plugin', () => {
  let database: TestDatabase;
  let host: TestApp;
  const pm = () => host.app.pm;
  const lists = async () => {
    const answers = [await host.http.get('/api/pm:listEnabled'), await host.http.get('/api/pm:listEnabledV2')];
    return answers.map(({ body }) => {
      const { data } = body as { data: Listed[] };
      return data.filter(({ packageName }) => /user-data-sync/.test(packageName));
    });
  };
  const signIn = (account: string, password: string) =>
    host.http.post('/api/auth:signIn').set('X-Authenticator', 'basic').send({ account, password });
  const as = async (token: string, action: string, body: object) => {
    const answer = await host.http.post(`/api/${action}`).set('Authorization', `Bearer ${token}`).send(body);
    return { status: answer.status, body: answer.body as { data: Record<string, unknown> } };
  };
  const push = async (data: object) => {
    const { status, body } = await as(await host.adminToken(), 'userData:push', data);
    expect(status).toBe(200);
    return (body.data as { result: { resource: string; detail: unknown }[] }).result;
  };
  const expectBuiltIn = () => {
    expect(pm().get('user-data-sync')).toBeInstanceOf(BuiltIn);
    expect(pm().get(BuiltIn)).toBeInstanceOf(BuiltIn);
    expect(pm().get(BUILT_IN_PACKAGE)).toBeInstanceOf(BuiltIn);
  };
  const expectOwn = () => {
    const own = pm().get('user-data-sync');
    expect(own).toBeInstanceOf(Own);
    expect(own.enabled).toBe(true);
    for (const name of [BUILT_IN_PACKAGE, OWN_PACKAGE, BuiltIn, Own]) expect(pm().get(name as string)).toBe(own);
    expect([...pm().getPlugins().values()].filter((plugin) => plugin instanceof BuiltIn)).toEqual([]);
  };

  beforeAll(async () => {
    database = await createDatabase();
    await runOfficialHost(database, [PEOPLE]);
    host = await TestApp.start({ database, isStock: true });
  }, MANY_STARTS);
  afterAll(async () => {
    await host?.stop();
    await database?.drop();
  });

  it('runs the built-in one until it is enabled', async () => {
    expectBuiltIn();
    expect(pm().has(OWN_PACKAGE)).toBe(false);
    for (const list of await lists()) expect(list).toMatchObject([{ name: 'user-data-sync' }]);
  });

  it(
    'runs it instead of the built-in one once it is enabled',
    async () => {
      await pm().enable(OWN_PACKAGE);
      expectOwn();
      expect(await push(PEOPLE)).toMatchObject([
        { resource: 'users', detail: { count: { all: 2, unchanged: 2 } } },
        {},
      ]);
    },
    MANY_STARTS,
  );

  it('is asked by the host for everything once', () => {
    const own = pm().get<PluginUserDataSyncServer>('user-data-sync');
    const { middlewares } = host.app.resourceManager as unknown as { middlewares: { nodes: { name: string }[] } };
    const named = middlewares.nodes.filter(({ name }) => /userDataSync|guard|Refusals/.test(name));
    expect(named.map(({ name }) => name).sort()).toEqual([
      'guard',
      'translateRefusals',
      'userDataSyncCollections',
      'userDataSyncDisabledUsers',
      'userDataSyncFlagColumn',
    ]);
    expect(host.db.listeners('userDataSyncSources.beforeSave')).toHaveLength(1);
    expect(own.sourceManager.listTypes().map(({ name }) => name)).toEqual(['api', 'file']);
    expect(host.db.getCollection('userDataSyncRecords').options.origin).toBe(OWN_PACKAGE);
  });

  it('stands where the built-in one stood, before the plugins that need it', () => {
    const names = [...pm().getPlugins().values()].map(({ name }) => name);
    expect(names.indexOf(OWN_PACKAGE)).toBeGreaterThan(0);
    expect(names.indexOf(OWN_PACKAGE)).toBeLessThan(names.indexOf('users'));
    expect(names.indexOf(OWN_PACKAGE)).toBeLessThan(names.indexOf('departments'));
    expect(names).not.toContain('user-data-sync');
  });

  it('has clients load its bundle, under both names, and not the built-in one', async () => {
    const [legacy, modern] = await lists();
    for (const [list, lane] of [
      [legacy, 'client'],
      [modern, 'client-v2'],
    ] as const) {
      expect(list.map(({ name }) => name)).toEqual([OWN_PACKAGE, 'user-data-sync']);
      expect(list.map(({ packageName }) => packageName)).toEqual([OWN_PACKAGE, BUILT_IN_PACKAGE]);
      for (const { url } of list) expect(url).toContain(`/static/plugins/${OWN_PACKAGE}/dist/${lane}/index.js`);
    }
    for (const { clientV2Url } of legacy) expect(clientV2Url).toContain(`/${OWN_PACKAGE}/dist/client-v2/`);
  });

  it('offers its texts under the names of the built-in one, too, and keeps that one’s', async () => {
    const answer = await host.http.get('/api/app:getLang').set('X-Locale', 'en-US');
    const { resources } = (answer.body as { data: { resources: Record<string, Record<string, string>> } }).data;
    const own = resources[OWN_PACKAGE];
    const builtIn = JSON.parse(
      readFileSync(path.join(process.env.NODE_MODULES_PATH!, BUILT_IN_PACKAGE, 'dist/locale/en-US.json'), 'utf8'),
    ) as Record<string, string>;
    expect(own['user.disabled']).toEqual(expect.any(String));
    for (const name of [BUILT_IN_PACKAGE, 'user-data-sync']) expect(resources[name]).toEqual({ ...builtIn, ...own });
  });

  it('refuses to be disabled by the name of the built-in one, whose row that is', async () => {
    await expect(pm().disable('user-data-sync')).rejects.toThrow(OWN_PACKAGE);
    expectOwn();
  });

  it(
    'is there again after a restart and after an upgrade',
    async () => {
      await host.app.runCommandThrowError('restart');
      expectOwn();
      await host.app.runCommandThrowError('upgrade');
      expectOwn();
      expect(await push(PEOPLE)).toMatchObject([{ resource: 'users', detail: { count: { unchanged: 2 } } }, {}]);
    },
    MANY_STARTS,
  );

  it(
    'gives the place back when it is disabled, and warns of users who can sign in again',
    async () => {
      const [bob] = await host.rows<{ id: number }>('users', { where: { username: 'bob' } });
      const admin = await host.adminToken();
      await as(admin, `users:update?filterByTk=${bob.id}`, { password: 'secret-word' });
      await push({ ...PEOPLE, records: [{ uid: 'bob', isDeleted: true }] });
      expect((await signIn('bob', 'secret-word')).status).toBe(403);
      logged.length = 0;
      await pm().disable(OWN_PACKAGE);
      expect(logged).toContainEqual(expect.stringMatching(/can sign in from now on: 1/));
      expectBuiltIn();
      expect(pm().has(OWN_PACKAGE)).toBe(false);
      for (const list of await lists()) {
        expect(list).toMatchObject([{ name: 'user-data-sync', packageName: BUILT_IN_PACKAGE }]);
        expect(list[0].url).toContain(BUILT_IN_PACKAGE);
      }
      // The built-in plugin goes on with the data that is there, and knows nothing of disabled users.
      expect(await push({ ...PEOPLE, sourceName: 'payroll' })).toMatchObject([{ resource: 'users' }, {}]);
      expect((await signIn('bob', 'secret-word')).status).toBe(200);
      expect(await host.rows('userDataSyncRecords', { where: { sourceName: 'hr' } })).toHaveLength(2);
    },
    MANY_STARTS,
  );

  it(
    'says what happened meanwhile when it is enabled again',
    async () => {
      logged.length = 0;
      await pm().enable(OWN_PACKAGE);
      expectOwn();
      const [bob] = await host.rows<{ id: number }>('users', { where: { username: 'bob' } });
      expect((await signIn('bob', 'secret-word')).status).toBe(403);
      expect(logged).toEqual(
        expect.arrayContaining([
          expect.stringContaining(`disabled users signed in: 1 (ids ${bob.id})`),
          expect.stringMatching(/records that came in through the built-in plugin: 2, .*payroll/),
        ]),
      );
      logged.length = 0;
      await host.app.runCommandThrowError('restart');
      expect(logged.filter((line) => line.includes('not in charge'))).toEqual([]);
    },
    MANY_STARTS,
  );

  it(
    'gives the place back when it is removed',
    async () => {
      const row = await host.db.getRepository('applicationPlugins').findOne({ filter: { name: OWN_PACKAGE } });
      await host.db.getModel('applicationPlugins').destroy({ where: { name: OWN_PACKAGE } });
      await host.app.runCommandThrowError('restart');
      expectBuiltIn();
      expect(await push(PEOPLE)).toMatchObject([{ resource: 'users' }, {}]);
      expect(row).toBeTruthy();
    },
    MANY_STARTS,
  );
});

describe('the place in the list of plugins', () => {
  /** As much of the host's plugin manager as keeps plugins. */
  const registry = () => ({ pluginInstances: new Map<unknown, Plugin>(), pluginAliases: new Map<string, Plugin>() });
  class Before extends Plugin {}
  class Official extends Plugin {}
  class Ours extends Plugin {}
  class After extends Plugin {}
  const add = (pm: ReturnType<typeof registry>, Class: typeof Before, ...names: string[]) => {
    const plugin = new Class({} as never, { name: names[0] });
    pm.pluginInstances.set(Class, plugin);
    for (const name of names) pm.pluginAliases.set(name, plugin);
    return plugin;
  };

  it('is that of the built-in plugin, whose names and class lead to ours', () => {
    const pm = registry();
    add(pm, Before, 'before');
    add(pm, Official, 'user-data-sync', BUILT_IN_PACKAGE);
    add(pm, After, 'after');
    const ours = add(pm, Ours, OWN_PACKAGE);
    takePlace(pm, ours);
    takePlace(pm, ours);
    expect([...pm.pluginInstances.values()].map(({ name }) => name)).toEqual(['before', OWN_PACKAGE, 'after']);
    expect(pm.pluginInstances.get(Official)).toBe(ours);
    for (const name of ['user-data-sync', BUILT_IN_PACKAGE, OWN_PACKAGE]) expect(pm.pluginAliases.get(name)).toBe(ours);
  });

  it('is taken again from a built-in plugin that comes later', () => {
    const pm = registry();
    const ours = add(pm, Ours, OWN_PACKAGE);
    takePlace(pm, ours);
    add(pm, Official, 'user-data-sync', BUILT_IN_PACKAGE);
    takePlace(pm, ours);
    expect([...pm.pluginInstances.values()]).toEqual([ours]);
    expect(pm.pluginAliases.get('user-data-sync')).toBe(ours);
  });

  it('is left alone where a host keeps its plugins in another way', () => {
    const pm = registry();
    const official = add(pm, Official, 'user-data-sync');
    const ours = add(pm, Ours, OWN_PACKAGE);
    expect(() => takePlace({}, ours)).toThrow(/cannot take the place/);
    pm.pluginInstances.delete(Official);
    pm.pluginInstances.set('user-data-sync', official);
    expect(() => takePlace(pm, ours)).toThrow(/cannot take the place/);
    expect(pm.pluginAliases.get('user-data-sync')).toBe(official);
  });
});

describe('a host in which the place cannot be taken', () => {
  let host: TestApp;

  beforeAll(async () => {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with `this` below
    const { afterAdd } = Own.prototype;
    jest.spyOn(Own.prototype, 'afterAdd').mockImplementation(function (this: Own) {
      // As if the host kept it by another key than its class.
      const { pluginInstances } = this.app.pm as unknown as { pluginInstances: Map<unknown, unknown> };
      pluginInstances.set('elsewhere', pluginInstances.get(BuiltIn));
      pluginInstances.delete(BuiltIn);
      afterAdd.call(this);
    });
    host = await TestApp.start();
  });
  afterAll(() => host?.stop());

  it('goes on with the built-in plugin, and the log says why', async () => {
    expect(logged).toContainEqual(expect.stringMatching(/cannot take the place of the built-in/));
    expect(host.app.pm.get('user-data-sync')).toBeInstanceOf(BuiltIn);
    expect(host.db.hasCollection('userDataSyncOutcomes')).toBe(false);
    const answer = await host.http.get('/api/userData:listSyncTypes');
    expect(answer.status).not.toBe(404);
  });

  it('can still be rid of it', () => {
    expect(host.app.pm.get(OWN_PACKAGE).enabled).toBe(true);
  });
});

describe('the description of the API', () => {
  const answer = async (actionName: string, body: unknown) => {
    const ctx = { action: { resourceName: 'swagger', actionName, params: {} }, body: undefined as unknown };
    await describeForBuiltIn(ctx as never, async () => void (ctx.body = body));
    return ctx.body;
  };

  it('is that of this plugin where both describe the same, and others keep theirs', async () => {
    const mixed = { post: { requestBody: { type: 'array', $ref: '#/mixed' } } };
    const others = { '/users:list': {} };
    const collected = { paths: { '/userData:push': mixed, ...others }, components: { schemas: { user: {} } } };
    expect(await answer('get', collected)).toEqual({
      paths: { ...document.paths, ...others },
      components: { schemas: { user: {}, ...document.components.schemas } },
    });
    expect(await answer('get', { paths: others })).toEqual({ paths: others });
  });

  it('is listed once', async () => {
    const urls = ['user-data-sync', OWN_PACKAGE, 'users'].map((name) => ({
      url: `/api/swagger:get?ns=plugins%2F${name}`,
    }));
    expect(await answer('getUrls', urls)).toEqual(urls.slice(1));
  });
});

describe('a host of another version', () => {
  it('is remarked on in a line of the log, and the tested one is not', () => {
    const { devDependencies } = JSON.parse(readFileSync(path.join(__dirname, '../../../package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    expect(TRIED_WITH).toBe(devDependencies['@nocobase/server']);
    expect(remarkOn(TRIED_WITH)).toBeUndefined();
    expect(remarkOn('2.7.0')).toMatch(/2\.7\.0.*tested with/);
  });
});
