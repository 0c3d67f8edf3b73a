import { Application } from '@nocobase/server';
import supertest from 'supertest';
import UserDataSync, { type PluginUserDataSyncServer } from '../../src/server';
import { OWN_PACKAGE } from '../../src/server/model/names';
import { createDatabase, type TestDatabase } from './databases';
import { HOST_PLUGINS } from './host-plugins.cjs';
import type { PubSubBus } from './pub-sub-bus';

type HostPlugin = (typeof HOST_PLUGINS)[number];

export interface TestAppOptions {
  /** Plugins that this host does without. */
  without?: readonly HostPlugin[];
  /** More plugins, as classes by name. */
  plugins?: Readonly<Record<string, unknown>>;
  /** A database that is there already, with the plugins that it lists, and this one enabled; it is not dropped. */
  database?: TestDatabase;
  /** Does not enable this plugin in that database. */
  isStock?: boolean;
  /** Another node of the same installation: it has the same database and the same plugins. */
  nodeOf?: TestApp;
  /** The bus between nodes. */
  bus?: PubSubBus;
}

function hostPlugins(without: readonly HostPlugin[]) {
  const names = HOST_PLUGINS.filter((name) => !without.includes(name));
  return names.map((name) => {
    const packageName = `@nocobase/plugin-${name}`;
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the list is data
    return [(require(packageName) as { default: unknown }).default, { name, packageName }];
  });
}

/** This plugin, added last and enabled, as an administrator does it. */
const OWN_PLUGIN = [UserDataSync, { name: OWN_PACKAGE, packageName: OWN_PACKAGE }];

/** A real NocoBase application on a real database. */
export class TestApp {
  private constructor(
    readonly app: Application,
    private readonly database: TestDatabase,
    private readonly ownsDatabase: boolean,
  ) {}

  static async start({
    without = [],
    plugins = {},
    database,
    isStock = false,
    nodeOf,
    bus,
  }: TestAppOptions = {}): Promise<TestApp> {
    const used = database ?? nodeOf?.database ?? (await createDatabase());
    const host = database ? ['nocobase'] : [...hostPlugins(without), OWN_PLUGIN];
    const extra = Object.entries(plugins).map(([name, Plugin]) => [Plugin, { name }]);
    const app = new Application({
      name: 'main',
      skipSupervisor: nodeOf !== undefined,
      database: used.options,
      resourcer: { prefix: '/api' },
      acl: true,
      plugins: [...host, ...extra] as never,
    });
    // As the host's gateway does it: each plugin listens to the application.
    app.setMaxListeners(50);
    if (bus) app.pubSubManager.setAdapter(bus.adapter());
    if (nodeOf) {
      await app.runCommandThrowError('start');
    } else if (database) {
      // As NocoBase's own `start` script does it: upgrade, then load again and start.
      await app.runCommandThrowError('start', '--quickstart');
      if (!isStock && !app.pm.has(OWN_PACKAGE)) await app.pm.enable(OWN_PACKAGE);
    } else {
      await app.runCommandThrowError('install', '-f');
      await app.runCommandThrowError('start');
    }
    return new TestApp(app, used, database === undefined && nodeOf === undefined);
  }

  get db() {
    return this.app.db;
  }

  get plugin(): PluginUserDataSyncServer {
    return this.app.pm.get<PluginUserDataSyncServer>('user-data-sync');
  }

  /** A client without sign-in. */
  get http() {
    return supertest(this.app.callback());
  }

  /** The root user's session token. */
  async adminToken(): Promise<string> {
    const response = await this.http
      .post('/api/auth:signIn')
      .set('X-Authenticator', 'basic')
      .send({ account: 'admin@nocobase.com', password: 'admin123' });
    return (response.body as { data: { token: string } }).data.token;
  }

  /**
   * An API key of a role that may only push, made as an administrator makes it: to the built-in source, and to others
   * that are made for it.
   */
  async pushKey(...others: readonly string[]): Promise<string> {
    const admin = await this.adminToken();
    const as = (path: string, body: object) =>
      this.http.post(path).set('Authorization', `Bearer ${admin}`).send(body).expect(200);
    await as('/api/roles:create', { name: 'pusher', title: 'Pusher', snippets: ['user-data-sync.push'] });
    await as('/api/roles/pusher/users:add', [1]);
    const rules = { push: { roles: ['pusher'] } };
    await this.letPush('pusher');
    for (const name of others)
      await as('/api/userDataSyncSources:create', { name, sourceType: 'api', enabled: true, rules });
    const created = await as('/api/apiKeys:create', { name: 'push', expiresIn: 'never', role: { name: 'pusher' } });
    return (created.body as { data: { token: string } }).data.token;
  }

  /** Lets a role that may only push do so to the built-in source. */
  async letPush(role: string): Promise<void> {
    const sources = this.db.getRepository('userDataSyncSources');
    await sources.update({ filter: { name: 'api' }, values: { rules: { push: { roles: [role] } } } });
  }

  async rows<T = Record<string, unknown>>(collection: string, options: object = {}): Promise<T[]> {
    const rows: unknown = await this.db.getModel(collection).findAll({ raw: true, ...options });
    return rows as T[];
  }

  /** The row of a task once its run has ended. */
  async taskEnd<T = Record<string, unknown>>(id: number | string): Promise<T> {
    for (;;) {
      const [task] = await this.rows<T & { status: string }>('userDataSyncTasks', { where: { id } });
      if (task.status !== 'init' && task.status !== 'processing') return task;
    }
  }

  async stop(): Promise<void> {
    await this.app.destroy();
    if (this.ownsDatabase) await this.database.drop();
  }
}
