import { SyncSource } from '../../../src/server';
import { TestApp } from '../../support/app';
import { Caller } from '../../support/http';

interface List {
  data: Record<string, unknown>[];
  meta: { count: number };
}

class PulledSource extends SyncSource {
  async pull() {
    return [{ dataType: 'user' as const, sourceName: this.instance.name, records: [{ uid: 'pulled', nickname: 'P' }] }];
  }
}

describe('a role that may only push', () => {
  let host: TestApp;
  let admin: Caller;
  let key: Caller;
  let other: Caller;
  /** Tasks of pushes of the key, of another key, of somebody who configures, and of a run that was started by hand. */
  let own: number[];
  let foreign: number[];

  const query = (path: string, params: Record<string, unknown> = {}) => {
    const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
    const entries = Object.entries(params).map(([name, value]) => [name, asText(value)]);
    return `/api/${path}?${new URLSearchParams(entries)}`;
  };
  const list = async (caller: Caller, path: string, params: Record<string, unknown> = {}) => {
    const response = await caller.get(query(`${path}:list`, params));
    expect(response.status).toBe(200);
    return response.body as List;
  };
  const push = async (caller: Caller, uid: string) => {
    const records = [{ uid, nickname: uid }, { nickname: `${uid} without uid` }];
    return ((await caller.push({ dataType: 'user', records })).body as { data: { taskId: number } }).data.taskId;
  };
  /** A key of somebody else who has the same role. */
  const keyOf = async (userId: number) => {
    await admin.post('/api/roles/pusher/users:add', [userId]);
    const token = host.app.authManager.jwt.sign({ userId, roleName: 'pusher' });
    return new Caller(host, token);
  };

  beforeAll(async () => {
    host = await TestApp.start();
    admin = new Caller(host, await host.adminToken());
    host.plugin.sourceManager.registerType('pulled', { syncSource: PulledSource });
    await host.pushKey();
    // One after the other: SQLite has one writer.
    const people = ['integrator', 'other'].map((username) => ({ username, nickname: username, password: 'secret-1A' }));
    const users = host.db.getRepository('users');
    const first = await users.create({ values: people[0] });
    const second = await users.create({ values: people[1] });
    key = await keyOf(Number(first.get('id')));
    other = await keyOf(Number(second.get('id')));
    await admin.post('/api/userDataSyncSources:create', { name: 'by hand', sourceType: 'pulled', enabled: true });
    const pulled = await admin.post('/api/userData:pull', { name: 'by hand' });
    const { taskId } = (pulled.body as { data: { taskId: number } }).data;
    await host.taskEnd(taskId);
    // A run of their own that is no push, as if they had had another role then.
    const [manual] = await host.rows('userDataSyncTasks', { where: { id: taskId } });
    delete manual.id;
    const values = { ...manual, batch: 'x', createdById: first.get('id') };
    const mine = await host.db.getModel('userDataSyncTasks').create(values);
    foreign = [taskId, Number(mine.get('id')), await push(other, 'theirs'), await push(admin, 'of the administrator')];
    own = [await push(key, 'mine'), await push(key, 'mine too')];
  });
  afterAll(() => host?.stop());

  it('reads the tasks of its own pushes, and no others', async () => {
    const { data, meta } = await list(key, 'userDataSyncTasks', { sort: 'id' });
    expect(data.map(({ id }) => id)).toEqual(own);
    expect(meta.count).toBe(2);
    expect(data[0]).toMatchObject({ status: 'partially_failed', trigger: 'push', counts: { users: { failed: 1 } } });
    const got = await key.get(query('userDataSyncTasks:get', { filterByTk: own[0] }));
    expect(got.body).toMatchObject({ data: { id: own[0], status: 'partially_failed' } });
  });

  it('reads the outcomes of its own pushes, and no others', async () => {
    const { data, meta } = await list(key, 'userDataSyncOutcomes');
    expect(new Set(data.map(({ taskId }) => taskId))).toEqual(new Set(own));
    expect(meta.count).toBe(data.length);
    const failed = await list(key, 'userDataSyncOutcomes', { filter: { taskId: own[0], action: 'failed' } });
    expect(failed.data).toMatchObject([{ code: 'UID_MISSING' }]);
  });

  it('finds nothing of others, however it asks', async () => {
    for (const id of foreign) {
      const got = await key.get(query('userDataSyncTasks:get', { filterByTk: id }));
      expect([got.status, (got.body as { data: unknown }).data]).toEqual([200, null]);
      for (const filter of [{ id }, { $or: [{ id }, { id: { $gt: 0 } }] }, { trigger: 'manual' }, { createdById: 1 }]) {
        const { data, meta } = await list(key, 'userDataSyncTasks', { filter });
        expect(data.filter((task) => !own.includes(task.id as number))).toEqual([]);
        expect(meta.count).toBe(data.length);
      }
      const outcomes = await list(key, 'userDataSyncOutcomes', { filter: { taskId: id } });
      expect([outcomes.data, outcomes.meta.count]).toEqual([[], 0]);
    }
  });

  it('does not reach rows that hang on a task', async () => {
    for (const appends of ['source', 'createdBy', 'decidedBy', 'updatedBy'])
      expect((await key.get(query('userDataSyncTasks:list', { appends }))).status).toBe(400);
    expect((await key.get(query('userDataSyncOutcomes:list', { appends: 'task' }))).status).toBe(400);
    expect((await key.get(query('userDataSyncTasks:list', { filter: { 'source.name': 'api' } }))).status).toBe(400);
    expect((await key.get(query('userDataSyncOutcomes:list', { filter: { 'task.id': foreign[0] } }))).status).toBe(400);
    for (const relation of ['source', 'createdBy', 'decidedBy'])
      expect((await key.get(`/api/userDataSyncTasks/${own[0]}/${relation}:get`)).status).toBe(403);
  });

  it('reads nothing else of this plugin, and changes nothing', async () => {
    for (const path of [
      'userDataSyncSources:list',
      'userDataSyncDisabledUsers:list',
      'userDataSyncOutcomes:get?filterByTk=1',
      'userData:listChanges',
      `userData:exportOutcomes?taskId=${own[0]}`,
      `userData:downloadPayload?taskId=${own[0]}`,
    ])
      expect([path, (await key.get(`/api/${path}`)).status]).toEqual([path, 403]);
    for (const action of ['retryFailed', 'approve', 'reject', 'runNow'])
      expect((await key.post(`/api/userData:${action}`, { id: own[0], sourceId: 1 })).status).toBe(403);
  });

  it('does not reach what hangs on a task with the help of another role either', async () => {
    host.app.acl.getRole('pusher')?.grantAction('users:get', {});
    expect((await key.get(`/api/userDataSyncTasks/${own[0]}/createdBy:get`)).status).toBe(403);
  });

  it('is not told of newer tasks of others', async () => {
    const read = async (caller: Caller) => {
      const { body } = await caller.get(`/api/userDataSyncTasks:get?filterByTk=${own[0]}`);
      return (body as { data: object }).data;
    };
    expect(await read(key)).toMatchObject({ id: own[0] });
    expect(await read(key)).not.toHaveProperty('newerTaskId');
    expect(await read(admin)).toHaveProperty('newerTaskId');
  });

  it('restricts nobody who may configure sources', async () => {
    const { meta } = await list(admin, 'userDataSyncTasks');
    expect(meta.count).toBe(own.length + foreign.length);
    expect((await admin.get(query('userDataSyncTasks:list', { appends: 'source' }))).status).toBe(200);
  });
});
