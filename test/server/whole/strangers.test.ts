import type { Context } from '@nocobase/actions';
import { Plugin } from '@nocobase/server';
import * as official from '@nocobase/plugin-user-data-sync';
import {
  ErrorCodes,
  SyncSource,
  type OriginRecord,
  type PluginUserDataSyncServer,
  type RecordResourceChanged,
  type SyncTarget,
  type TargetChunk,
  type TargetPlan,
  type UserData,
} from '../../../src/server';
import { fromJsonColumn } from '../../../src/server/database/json-column';
import { TestApp } from '../../support/app';
import { Caller, detailOf } from '../../support/http';

/*
 * Plugins that were written for the built-in one, by people who have never heard of this one: their classes extend those
 * of the built-in package, and use whatever its types offer.
 */

interface Seen {
  readonly uid: string;
  readonly matchKey?: string;
  readonly metaData: Record<string, unknown>;
  readonly lastMetaData: unknown;
  readonly isDeleted: unknown;
}
let seen: Seen[] = [];
let deliveries: UserData[] = [];
let ends: object[] = [];
let thrown: Error | undefined;

class Cards extends official.UserDataResource {
  override name = 'cards';
  override accepts: official.SyncAccept[] = ['user', 'department'];

  async create(record: official.OriginRecord, matchKey: string): Promise<RecordResourceChanged[]> {
    return this.see(record, matchKey);
  }

  async update(record: official.OriginRecord, _pks: unknown[], matchKey?: string): Promise<RecordResourceChanged[]> {
    return this.see(record, matchKey);
  }

  private async see(record: official.OriginRecord, matchKey?: string): Promise<RecordResourceChanged[]> {
    const row = record as OriginRecord & { save(): Promise<unknown> };
    const { metaData, lastMetaData } = row;
    seen.push({ uid: record.sourceUk, matchKey, metaData, lastMetaData, isDeleted: metaData.isDeleted });
    if (metaData.saves === true) await row.save();
    return metaData.isDeleted
      ? [{ resourcesPk: `card-${record.sourceUk}`, isDeleted: true }]
      : [{ resourcesPk: `card-${record.sourceUk}`, isDeleted: false }];
  }
}

class Clocks extends official.SyncSource {
  async pull(): Promise<UserData[]> {
    if (thrown) throw thrown;
    return deliveries;
  }

  override async endTask(params: Parameters<official.SyncSource['endTask']>[0]): Promise<void> {
    await super.endTask(params);
    ends.push(params);
  }
}

class OwnClocks extends SyncSource {
  async pull(): Promise<UserData[]> {
    return deliveries;
  }

  override async endTask(params: Parameters<SyncSource['endTask']>[0]): Promise<void> {
    await super.endTask(params);
    ends.push(params);
  }
}

/** Extends nothing. */
class Bare {
  declare options: Record<string, unknown>;

  async pull(): Promise<UserData[]> {
    const { url } = this.options;
    return [{ dataType: 'user', sourceName: 'bare', records: [{ uid: 'bare', nickname: String(url) }] }];
  }
}

class Fragile implements SyncTarget {
  readonly name = 'fragile';
  readonly accepts = ['user'] as const;

  async plan({ records }: TargetChunk): Promise<TargetPlan> {
    const outcomes = records.map(({ record: { uid } }) => ({ uid, name: uid, action: 'created' as const }));
    return { outcomes, warnings: [], deferred: [] };
  }

  async apply({ outcomes }: TargetPlan): Promise<void> {
    if (outcomes.some(({ uid }) => uid === 'fragile')) throw new Error('the label printer is out of ink');
  }
}

class Stranger extends Plugin {
  override async load(): Promise<void> {
    const sync = this.app.pm.get('user-data-sync') as unknown as official.default & PluginUserDataSyncServer;
    sync.sourceManager.registerType('clocks', { syncSource: Clocks, title: 'Clocks' });
    sync.sourceManager.registerType('own-clocks', { syncSource: OwnClocks });
    sync.sourceManager.registerType('bare', { syncSource: Bare as never });
    sync.resourceManager.registerResource(new Cards(this.db, this.app.logger));
    sync.resourceManager.registerTarget(new Fragile());
    sync.resourceManager.registerRemovalCheck(
      'users',
      async (rows) =>
        new Map(rows.rowIds.filter((id) => kept.has(String(id))).map((id) => [String(id), 'has open orders'])),
    );
  }
}
const kept = new Set<string>();

let host: TestApp;
let admin: Caller;

beforeAll(async () => {
  host = await TestApp.start({ plugins: { stranger: Stranger } });
  admin = new Caller(host, await host.adminToken());
  for (const sourceType of ['clocks', 'own-clocks', 'bare'])
    await host.db.getRepository('userDataSyncSources').create({
      values: { name: sourceType, sourceType, enabled: true, options: { url: 'https://x', secret: 's3cret' } },
    });
});
beforeEach(() => {
  seen = [];
  ends = [];
  thrown = undefined;
});
afterAll(() => host?.stop());

async function pull(name: string) {
  const response = await admin.post('/api/userData:pull', { name });
  expect(response.status).toBe(200);
  return readable(await host.taskEnd((response.body as { data: { taskId: number } }).data.taskId));
}

async function rowsOf(collection: string, where: object) {
  return (await host.rows(collection, { where })).map(readable);
}

/** Some drivers give JSON columns as text. */
const readable = (row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) =>
      ['counts', 'metaData'].includes(name) ? [name, fromJsonColumn(value)] : [name, value],
    ),
  );

const usersOf = (sourceName: string, records: object[], matchKey?: string) =>
  ({ dataType: 'user', sourceName, matchKey, records }) as UserData;
const sourceRow = async (name: string) =>
  (await host.db.getRepository('userDataSyncSources').findOne({ filter: { name } })) as Parameters<
    PluginUserDataSyncServer['sourceManager']['create']
  >[0];
const context = () => ({ db: host.db, log: host.app.logger, state: {} }) as unknown as Context;

describe('a match key that only a target knows', () => {
  it('is left out for users, handed to the target, and told as a warning', async () => {
    deliveries = [usersOf('clocks', [{ uid: 'ann', nickname: 'Ann' }], 'userid')];
    const task = await pull('clocks');
    expect(task).toMatchObject({ status: 'success', counts: { users: { created: 1, warnings: 1 } } });
    expect(seen).toMatchObject([{ uid: 'ann', matchKey: 'userid' }]);
  });

  it('finds nobody by a field that happens to have its name', async () => {
    await host.db.getRepository('users').create({ values: { nickname: 'Twin', username: 'twin' } });
    deliveries = [usersOf('clocks', [{ uid: 'twin', nickname: 'Twin' }], 'nickname')];
    expect(await pull('clocks')).toMatchObject({ counts: { users: { created: 1, linked: 0 } } });
  });

  it('is taken by updateOrCreate and by a push in the process', async () => {
    const data = usersOf('own', [{ uid: 'bob' }], 'mobile');
    const [users] = await host.plugin.resourceManager.updateOrCreate(data);
    expect(users.detail).toMatchObject({ count: { success: 1 }, warnings: [{ code: 'MATCH_KEY_UNKNOWN' }] });
    expect((await host.plugin.syncService.push(data))[0].detail.count.failed).toBe(0);
  });

  it('is refused over HTTP', async () => {
    const response = await admin.push({ dataType: 'user', matchKey: 'mobile', records: [{ uid: 'x' }] });
    expect(response.status).toBe(400);
  });
});

describe('sources', () => {
  it.each(['getByName', 'getById'] as const)('are made by %s, with their options decrypted', async (method) => {
    const { sourceManager } = host.plugin;
    const row = await sourceRow('clocks');
    expect(JSON.stringify(row.get('options'))).not.toContain('s3cret');
    const source =
      method === 'getByName'
        ? await sourceManager.getByName('clocks', context())
        : await sourceManager.getById(row.id, context());
    expect(source).toBeInstanceOf(Clocks);
    expect(source).toMatchObject({ options: { url: 'https://x', secret: 's3cret' } });
    expect(source.instance.get('options')).toMatchObject({ secret: 's3cret' });
  });

  it('are made without waiting', async () => {
    expect(host.plugin.sourceManager.create(await sourceRow('clocks'), context())).toBeInstanceOf(Clocks);
  });

  it('have options that a plugin can read from their row', async () => {
    const row = await sourceRow('clocks');
    expect(host.plugin.sourceManager.optionsOf(row)).toEqual({ url: 'https://x', secret: 's3cret' });
  });

  it('need not extend a class', async () => {
    expect(await pull('bare')).toMatchObject({ status: 'success' });
    expect(await host.rows('users', { where: { nickname: 'https://x' } })).toHaveLength(1);
  });

  it.each(['clocks', 'own-clocks'])('of type %s are told how a run ended, and its task says it all', async (name) => {
    deliveries = [usersOf(name, [{ uid: 'cid', nickname: 'Cid' }])];
    const task = await pull(name);
    expect(ends).toEqual([{ taskId: task.id, success: true, cost: expect.any(Number) as number }]);
    expect(task).toMatchObject({ status: 'success', done: 1, counts: { users: { all: 1 } } });
    expect(task.finishedAt).not.toBeNull();
  });

  it('are told of a run that breaks; an error of the built-in class has its own code', async () => {
    thrown = new official.ExternalAPIError('the clock system says no');
    const task = await pull('clocks');
    expect(task).toMatchObject({ status: 'failed', code: 'EXTERNAL_API_ERROR' });
    expect(ends).toMatchObject([{ success: false, message: task.message }]);
  });

  it.each(['clocks', 'own-clocks'])('of type %s can make and run tasks of their own', async (name) => {
    const { sourceManager, syncService } = host.plugin;
    deliveries = [usersOf(name, [{ uid: 'dan', nickname: 'Dan' }])];
    const source = await sourceManager.getByName(name, context());
    const task = await source.newTask();
    await source.beginTask(task.id);
    await syncService.runSync(source, task, context());
    const [row] = await rowsOf('userDataSyncTasks', { id: task.id });
    expect(row).toMatchObject({ status: 'success', attempt: 1, counts: { users: { all: 1 } } });
    expect(ends).toHaveLength(1);
  });

  it('can take a failed task back and run it again', async () => {
    const { sourceManager, syncService } = host.plugin;
    thrown = new Error('not now');
    const { id } = await pull('clocks');
    thrown = undefined;
    deliveries = [usersOf('clocks', [{ uid: 'eve' }])];
    const source = await sourceManager.getByName('clocks', context());
    const task = await source.retryTask(id as number);
    await syncService.runSync(source, task, context());
    expect(await host.rows('userDataSyncTasks', { where: { id } })).toMatchObject([{ status: 'success', attempt: 2 }]);
  });
});

describe('the resource manager', () => {
  it('shows the targets that were registered, and has their repositories', () => {
    const { resourceManager } = host.plugin;
    expect(resourceManager.resources.nodes.map(({ name }) => name)).toContain('cards');
    expect(resourceManager.syncRecordRepo.collection.name).toBe('userDataSyncRecords');
    expect(resourceManager.syncRecordResourceRepo.collection.name).toBe('userDataSyncRecordsResources');
  });

  it('keeps records and links without running anything', async () => {
    const { resourceManager } = host.plugin;
    await resourceManager.saveOriginRecords(usersOf('kept', [{ uid: 'k1', nickname: 'Kept', token: 't0ken' }]));
    const query = { sourceName: 'kept', dataType: 'user' as const, sourceUks: ['k1'] };
    const [record] = await resourceManager.findOriginRecords(query);
    expect(record).toMatchObject({ sourceUk: 'k1', metaData: { nickname: 'Kept', token: '******' }, resources: [] });
    const link = { recordId: record.id, resource: 'cards', resourcePk: 7 };
    await resourceManager.addResourceToOriginRecord(link);
    await resourceManager.addResourceToOriginRecord(link);
    const [linked] = await resourceManager.findOriginRecords(query);
    expect(linked.resources).toMatchObject([{ resource: 'cards', resourcePk: '7' }]);
    await resourceManager.removeResourceFromOriginRecord(link);
    expect((await resourceManager.findOriginRecords(query))[0].resources).toEqual([]);
    expect(seen).toEqual([]);
  });

  it('is known to the service, and so are the sources and a logger', () => {
    const { syncService, resourceManager, sourceManager } = host.plugin;
    expect(syncService.resourceManager).toBe(resourceManager);
    expect(syncService.sourceManager).toBe(sourceManager);
    expect(typeof syncService.logger.info).toBe('function');
    expect(host.plugin.getLogger()).toBe(syncService.logger);
  });
});

it('has the codes and texts of errors', () => {
  expect(ErrorCodes.EXTERNAL_API_ERROR).toBe(official.ErrorCodes.EXTERNAL_API_ERROR);
  expect(Object.keys(ErrorCodes.messages)).toEqual(Object.keys(official.ErrorCodes.messages));
  expect(ErrorCodes.getErrorMessage(401)).toMatch(/unauthorized/i);
});

describe('what a target is given', () => {
  const push = (records: object[]) => admin.push({ dataType: 'user', sourceName: 'api', records });

  it('has the values of secrets, which are masked wherever they are stored or shown', async () => {
    const secret = {
      uid: 'fay',
      nickname: 'Fay',
      accessToken: '4711',
      phone: 'x'.repeat(300),
      deep: { token: 't0ken' },
    };
    const failing = await push([secret]);
    expect(failing.text).not.toMatch(/4711|t0ken/);
    await push([{ ...secret, phone: '1' }]);
    expect(seen.at(-1)).toMatchObject({ metaData: { accessToken: '4711', deep: { token: 't0ken' } } });
    const stored = await host.rows('userDataSyncRecords', { where: { sourceUk: 'fay' } });
    expect(JSON.stringify(stored)).not.toMatch(/4711|t0ken/);
    expect(JSON.stringify(await host.rows('userDataSyncOutcomes'))).not.toMatch(/4711|t0ken/);
  });

  it('is a row that knows what was said before, and can be saved without storing secrets', async () => {
    await push([{ uid: 'gus', nickname: 'Gus' }]);
    await push([{ uid: 'gus', nickname: 'Gustav', accessToken: '4711', saves: true }]);
    expect(seen.at(-1)).toMatchObject({
      metaData: { nickname: 'Gustav', accessToken: '4711' },
      lastMetaData: { nickname: 'Gus' },
    });
    const [row] = await rowsOf('userDataSyncRecords', { sourceUk: 'gus' });
    expect(row.metaData).toMatchObject({ nickname: 'Gustav', accessToken: '******' });
  });

  it('does not have a removed record whose user stays', async () => {
    await push([{ uid: 'hal', nickname: 'Hal' }]);
    const [user] = await host.rows('users', { where: { nickname: 'Hal' } });
    kept.add(String(user.id));
    seen = [];
    const detail = detailOf(await push([{ uid: 'hal', isDeleted: true }]));
    expect(detail.failedRecords).toMatchObject([{ code: 'HAS_DEPENDENTS' }]);
    expect(seen).toEqual([]);
    kept.clear();
    await push([{ uid: 'hal', isDeleted: true }]);
    expect(seen).toMatchObject([{ uid: 'hal', isDeleted: true }]);
  });

  it('fails with the reason that the target gives', async () => {
    const detail = detailOf(await push([{ uid: 'ok' }, { uid: 'fragile' }]), 'fragile');
    expect(detail.count).toMatchObject({ success: 1, failed: 1 });
    expect(detail.failedRecords).toMatchObject([{ record: { uid: 'fragile' }, code: 'TARGET_FAILED' }]);
    expect(detail.failedRecords[0].message).toContain('the label printer is out of ink');
  });
});

describe('departments', () => {
  const push = (records: object[]) => admin.push({ dataType: 'department', sourceName: 'api', records });
  const sortOf = async (title: string) => (await host.rows('departments', { where: { title } }))[0].sort;

  it('stand where the source says, or at the end', async () => {
    await push([{ uid: 'd1', title: 'First', sort: 40 }]);
    await push([{ uid: 'd2', title: 'Second' }]);
    expect(await sortOf('First')).toBe(40);
    expect(await sortOf('Second')).toBe(41);
    const again = detailOf(await push([{ uid: 'd1', title: 'First', sort: 40 }]));
    expect(again.count).toMatchObject({ unchanged: 1, warnings: 0 });
    await push([{ uid: 'd1', title: 'First', sort: 50 }]);
    expect(await sortOf('First')).toBe(50);
    const bad = detailOf(await push([{ uid: 'd1', title: 'First', sort: 'last' }]));
    expect(bad.failedRecords).toMatchObject([{ code: 'VALUE_INVALID' }]);
  });

  it('can be deleted where no plugin keeps the paths of trees', async () => {
    await push([{ uid: 'd9', title: 'Ninth' }]);
    const { collections } = host.db;
    const paths = collections.get('main_departments_path');
    collections.delete('main_departments_path');
    try {
      const detail = detailOf(await push([{ uid: 'd9', title: 'Ninth', isDeleted: true }]));
      expect(detail.count).toMatchObject({ deleted: 1, failed: 0 });
    } finally {
      if (paths) collections.set('main_departments_path', paths);
    }
  });
});
