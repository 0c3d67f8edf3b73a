import type { Context } from '@nocobase/actions';
import type { Database } from '@nocobase/database';
import { Plugin } from '@nocobase/server';
import UserDataSync, {
  SyncSource,
  UserDataResource,
  UserDataResourceManager,
  type OriginRecord,
  type PluginUserDataSyncServer,
  type PrimaryKey,
  type RecordResourceChanged,
  type SyncAccept,
  type SyncTarget,
  type TargetChunk,
  type TargetPlan,
  type UserData,
} from '../../../src/server';
import { TestApp } from '../../support/app';

/** What each call of `Badges` was given, in order. */
let calls: { method: 'create' | 'update'; uid: string; resources: string[]; pks?: PrimaryKey[]; matchKey?: string }[] =
  [];
/** What `Directory` hands over the next time, and what it saw of itself. */
let deliveries: UserData[] = [];
let seen: { options: unknown; instance: string; sourceType: string; ctx: Context } | undefined;
/** What each chunk that `Mirror` was given had in it: uids and the targets they were linked to. */
let mirrored: (readonly [string, string[]])[][] = [];
const logged: string[] = [];

/** A source as NocoBase's documentation shows one. */
class Directory extends SyncSource {
  async pull(): Promise<UserData[]> {
    const { name, sourceType } = this.instance;
    seen = { options: this.options, instance: name, sourceType, ctx: this.ctx };
    return deliveries;
  }
}

/** A target as NocoBase's documentation shows one: it is called record by record and gives back links. */
class Badges extends UserDataResource {
  override name = 'badges';
  override accepts: SyncAccept[] = ['user'];

  async create(record: OriginRecord, matchKey?: string): Promise<RecordResourceChanged[]> {
    this.remember('create', record, undefined, matchKey);
    return [{ resourcesPk: `badge-${record.sourceUk}`, isDeleted: false }];
  }

  async update(record: OriginRecord, resourcePks: PrimaryKey[], matchKey?: string): Promise<RecordResourceChanged[]> {
    this.remember('update', record, resourcePks, matchKey);
    if (record.metaData.badge === 'renewed') {
      return [
        { resourcesPk: `renewed-${record.sourceUk}`, isDeleted: false },
        ...resourcePks.map((resourcesPk) => ({ resourcesPk, isDeleted: true })),
      ];
    }
    return [];
  }

  private remember(method: 'create' | 'update', record: OriginRecord, pks?: PrimaryKey[], matchKey?: string) {
    const resources = record.resources.map(({ resource }) => resource);
    calls.push({ method, uid: record.sourceUk, resources, pks, matchKey });
    if (record.metaData.badge === 'broken') throw new Error('the badge printer is out of paper');
  }
}

/** A target that works in bulk. */
class Mirror implements SyncTarget {
  readonly name = 'mirror';
  readonly accepts = ['user'] as const;
  readonly dependsOn = ['users'];

  async plan(chunk: TargetChunk): Promise<TargetPlan> {
    mirrored.push(chunk.records.map(({ record, links }) => [record.uid, links.map(({ resource }) => resource)]));
    const outcomes = chunk.records.map(({ record: { uid } }) => ({ uid, name: uid, action: 'created' as const }));
    return { outcomes, warnings: [], deferred: [] };
  }

  async apply(): Promise<void> {}
}

/** Another plugin, in whose `load` everything is registered. */
class Neighbour extends Plugin {
  override async beforeLoad(): Promise<void> {
    const { logger } = this.app;
    jest.spyOn(logger, 'info').mockImplementation((message: unknown) => {
      logged.push(String(message));
      return logger;
    });
  }

  override async load(): Promise<void> {
    const sync = this.app.pm.get<PluginUserDataSyncServer>('user-data-sync');
    sync.sourceManager.registerType('directory', { syncSource: Directory, title: 'Directory' });
    sync.resourceManager.registerTarget(new Mirror());
    const byClass = this.app.pm.get<PluginUserDataSyncServer>(UserDataSync);
    if (byClass.enabled) {
      byClass.resourceManager.registerResource(new Badges(this.db, this.app.logger), { after: 'users' });
    }
  }
}

interface TargetCount {
  resource: string;
  detail: {
    count: Record<string, number>;
    failedRecords: { record: Record<string, unknown>; code: string; message: string }[];
  };
}

async function request(host: TestApp, action: string, body: object = {}) {
  const response = await host.http
    .post(`/api/${action}`)
    .set('Authorization', `Bearer ${await host.adminToken()}`)
    .send(body);
  return { status: response.status, data: (response.body as { data: unknown }).data };
}

async function push(host: TestApp, body: object): Promise<TargetCount[]> {
  const { status, data } = await request(host, 'userData:push', body);
  expect(status).toBe(200);
  return (data as { result: TargetCount[] }).result;
}

async function linksOf(db: Database, sourceName: string, uid: string): Promise<string[]> {
  const record = (await db.getRepository('userDataSyncRecords').findOne({
    filter: { sourceName, dataType: 'user', sourceUk: uid },
    appends: ['resources'],
  })) as unknown as OriginRecord;
  return record.resources.map(({ resource, resourcePk }) => `${resource} ${resourcePk}`).sort();
}

describe('code that was written for the official plugin', () => {
  let host: TestApp;

  beforeAll(async () => {
    host = await TestApp.start({ plugins: { neighbour: Neighbour } });
    await host.db.getRepository('userDataSyncSources').create({
      values: { name: 'staff', sourceType: 'directory', enabled: true, options: { url: 'https://x', secret: 's' } },
    });
  });
  beforeEach(() => {
    calls = [];
    mirrored = [];
    seen = undefined;
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await host?.stop();
  });

  const userNamed = async (username: string): Promise<unknown> =>
    host.db.getRepository('users').findOne({ filter: { username }, appends: ['departments', 'mainDepartment'] });

  describe('a source', () => {
    it('is listed with its title', async () => {
      const { data } = await request(host, 'userData:listSyncTypes');
      expect(data).toContainEqual(expect.objectContaining({ name: 'directory', title: 'Directory' }));
    });

    it.each([
      ['in the body', 'userData:pull', { name: 'staff' }],
      ['in the query', 'userData:pull?name=staff', {}],
    ])('is pulled when it is named %s', async (_where, action, body) => {
      deliveries = [
        { dataType: 'department', sourceName: 'staff', records: [{ uid: 'd', title: 'Directory' }] },
        {
          dataType: 'user',
          sourceName: 'staff',
          matchKey: 'email',
          records: [{ uid: 'gil', username: 'gil', nickname: 'Gil', email: 'gil@example.com', departments: ['d'] }],
        },
      ];
      const { status, data } = await request(host, action, body);
      expect(status).toBe(200);
      expect(await host.taskEnd((data as { taskId: number }).taskId)).toMatchObject({ status: 'success' });
      expect(seen).toMatchObject({
        options: { url: 'https://x', secret: 's' },
        instance: 'staff',
        sourceType: 'directory',
      });
      expect(seen?.ctx.db).toBe(host.db);
      expect(await userNamed('gil')).toMatchObject({
        nickname: 'Gil',
        departments: [expect.objectContaining({ title: 'Directory' })],
      });
    });

    it('may deliver under a name of its own', async () => {
      const records = [{ uid: 'hal', username: 'hal' }];
      deliveries = [{ dataType: 'user', sourceName: 'staff-abroad', records }];
      const { data } = await request(host, 'userData:pull', { name: 'staff' });
      await host.taskEnd((data as { taskId: number }).taskId);
      expect(await linksOf(host.db, 'staff-abroad', 'hal')).toContain('badges badge-hal');
    });

    it('fails its task with the reason when pulling throws', async () => {
      deliveries = [null as unknown as UserData];
      const { data } = await request(host, 'userData:pull', { name: 'staff' });
      const task = await host.taskEnd((data as { taskId: number }).taskId);
      expect(task).toMatchObject({ status: 'failed', code: 'SOURCE_FAILED' });
    });
  });

  describe('a record-by-record target', () => {
    const users = (records: object[]) => ({ dataType: 'user', matchKey: 'username', sourceName: 'hr', records });
    const names = ['zoe', 'kim', 'abe'];

    it('is asked to create in the order in which records came in, after the users themselves', async () => {
      const result = await push(host, users(names.map((uid) => ({ uid, username: uid }))));
      expect(result.map(({ resource }) => resource)).toEqual(
        expect.arrayContaining(['users', 'departments', 'badges']),
      );
      expect(result.find(({ resource }) => resource === 'badges')?.detail.count).toMatchObject({ all: 3, success: 3 });
      expect(calls).toEqual(
        names.map((uid) => ({
          method: 'create',
          uid,
          resources: ['users'],
          pks: undefined,
          matchKey: 'username',
        })),
      );
    });

    it('gets its own links back and is asked to update', async () => {
      await push(host, users(names.map((uid) => ({ uid, username: uid }))));
      expect(calls.map(({ method, uid, pks }) => [method, uid, pks])).toEqual(
        names.map((uid) => ['update', uid, [`badge-${uid}`]]),
      );
    });

    it('replaces links by giving back new ones and old ones as deleted', async () => {
      await push(host, users([{ uid: 'kim', username: 'kim', badge: 'renewed' }]));
      expect(await linksOf(host.db, 'hr', 'kim')).toEqual(['badges renewed-kim', expect.stringMatching(/^users \d+$/)]);
      calls = [];
      await push(host, users([{ uid: 'kim', username: 'kim' }]));
      expect(calls).toMatchObject([{ method: 'update', pks: ['renewed-kim'] }]);
    });

    it('fails only the record that it throws for', async () => {
      const result = await push(
        host,
        users([
          { uid: 'zoe', username: 'zoe', nickname: 'Zoe' },
          { uid: 'kim', username: 'kim', nickname: 'Kim', badge: 'broken' },
          { uid: 'abe', username: 'abe', nickname: 'Abe' },
        ]),
      );
      const badges = result.find(({ resource }) => resource === 'badges')?.detail;
      expect(badges?.count).toMatchObject({ all: 3, success: 2, failed: 1 });
      expect(badges?.failedRecords).toMatchObject([
        { record: { uid: 'kim' }, code: 'TARGET_FAILED', message: expect.stringContaining('out of paper') as string },
      ]);
      expect(calls.map(({ uid }) => uid)).toEqual(['zoe', 'kim', 'abe']);
      const rows = await host.rows('users', { where: { username: names }, order: ['username'] });
      expect(rows.map(({ nickname }) => nickname)).toEqual(['Abe', 'Kim', 'Zoe']);
    });
  });

  it('lets a bulk target of another plugin have all records of a chunk at once', async () => {
    const result = await push(host, {
      dataType: 'user',
      sourceName: 'bulk',
      records: [
        { uid: '1', username: 'ian' },
        { uid: '2', username: 'joy' },
      ],
    });
    expect(result.find(({ resource }) => resource === 'mirror')?.detail.count).toMatchObject({ all: 2, created: 2 });
    expect(mirrored).toEqual([
      [
        ['1', ['users']],
        ['2', ['users']],
      ],
    ]);
  });

  it('says that its own targets stay in charge when NocoBase registers those of the same name', () => {
    for (const name of ['users', 'departments']) {
      expect(logged).toContainEqual(expect.stringMatching(new RegExp(`target "${name}".*stays in charge`)));
    }
  });

  describe('the resource manager by itself', () => {
    let manager: UserDataResourceManager;

    beforeAll(() => {
      const logger = host.app.logger;
      type Resource = new (db: Database, log: typeof logger) => UserDataResource;
      /* eslint-disable @typescript-eslint/no-require-imports -- NocoBase does not export them */
      const { UserDataSyncResource } = require('@nocobase/plugin-users/dist/server/user-data-sync-resource') as {
        UserDataSyncResource: Resource;
      };
      const { DepartmentDataSyncResource } =
        require('@nocobase/plugin-departments/dist/server/department-data-sync-resource') as {
          DepartmentDataSyncResource: Resource;
        };
      /* eslint-enable @typescript-eslint/no-require-imports */
      manager = new UserDataResourceManager();
      manager.db = host.db;
      manager.registerResource(new UserDataSyncResource(host.db, logger));
      manager.registerResource(new DepartmentDataSyncResource(host.db, logger), { after: 'users' });
    });

    it("runs NocoBase's own record-by-record targets", async () => {
      const departments = await manager.updateOrCreate({
        sourceName: 'old',
        dataType: 'department',
        records: [
          { uid: 'a', title: 'A' },
          { uid: 'b', title: 'B', parentUid: 'a' },
        ],
      });
      const none: unknown[] = [];
      expect(departments).toMatchObject([
        { resource: 'departments', detail: { count: { all: 2, success: 2, failed: 0 }, failedRecords: none } },
      ]);
      // The host tells the console about a statement that the database refuses.
      jest.spyOn(console, 'error').mockImplementation(() => undefined);
      const records = [
        { uid: 'lea', username: 'lea', nickname: 'Lea', departments: [{ uid: 'b', isOwner: true, isMain: true }] },
        { uid: 'max', username: 'lea', nickname: 'Max' },
      ];
      const users = await manager.updateOrCreate({ sourceName: 'old', dataType: 'user', records });
      expect(users).toMatchObject([
        {
          resource: 'users',
          detail: {
            count: { all: 2, success: 1, failed: 1 },
            failedRecords: [{ record: { uid: 'max', nickname: 'Max' }, message: expect.any(String) as string }],
          },
        },
        { resource: 'departments', detail: { count: { failed: 0 }, failedRecords: none } },
      ]);
      expect(await userNamed('lea')).toMatchObject({
        nickname: 'Lea',
        mainDepartment: { title: 'B' },
        departments: [{ title: 'B' }],
      });
      expect(await linksOf(host.db, 'old', 'lea')).toHaveLength(2);
    });

    it('finds origin records with their links in the order asked for', async () => {
      const found = await manager.findOriginRecords({
        sourceName: 'old',
        dataType: 'department',
        sourceUks: ['b', 'missing', 'a'],
      });
      expect(found.map(({ sourceUk }) => sourceUk)).toEqual(['b', 'a']);
      expect(found[0]).toMatchObject({
        sourceName: 'old',
        dataType: 'department',
        sourceUk: 'b',
        metaData: { uid: 'b', title: 'B', parentUid: 'a' },
        resources: [{ resource: 'departments', resourcePk: expect.stringMatching(/^\d+$/) as string }],
      });
    });

    it('refuses a target without a name or without what it accepts', () => {
      const nameless = Object.assign(new Badges(host.db, host.app.logger), { name: '' });
      expect(() => manager.registerResource(nameless)).toThrow(/name/);
      const idle = Object.assign(new Badges(host.db, host.app.logger), { name: 'idle', accepts: [] });
      expect(() => manager.registerResource(idle)).toThrow(/accepts/);
    });
  });
});

describe.each([
  ['departments', ['departments'] as const],
  ['roles', ['departments', 'acl'] as const],
])('a host without %s', (_what, without) => {
  let host: TestApp;

  beforeAll(async () => {
    host = await TestApp.start({ without });
  });
  afterAll(() => host?.stop());

  it('still synchronises users', async () => {
    const records = [
      { uid: 'a', username: 'ann', nickname: 'Ann', departments: ['d'] },
      { uid: 'b', username: 'ben', nickname: 'Ben' },
    ];
    const data = { dataType: 'user', matchKey: 'username', sourceName: 'hr', records };
    const created = await host.plugin.syncService.push(data);
    expect(created).toMatchObject([{ resource: 'users', detail: { count: { all: 2, created: 2 } } }]);
    const again = await host.plugin.syncService.push(data);
    expect(again).toMatchObject([{ resource: 'users', detail: { count: { all: 2, unchanged: 2 } } }]);
    const gone = { ...data, records: [{ uid: 'b', isDeleted: true }] };
    expect(await host.plugin.syncService.push(gone)).toMatchObject([{ detail: { count: { disabled: 1 } } }]);
  });
});
