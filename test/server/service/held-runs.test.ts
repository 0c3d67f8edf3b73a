import { ConnectionError } from 'sequelize';
import { SyncSource, type UserData } from '../../../src/server';
import { LinkStore } from '../../../src/server/links';
import { TestApp } from '../../support/app';
import { Caller, detailOf, errorOf } from '../../support/http';
import { waitForTask } from '../../support/tasks';

type DataType = 'user' | 'department';

/** What a source type made for a test gives, and how many parts it gives before it breaks. */
const delivery: { parts: UserData[]; breaks: boolean } = { parts: [], breaks: false };

class FullSource extends SyncSource {
  async *pull(): AsyncGenerator<UserData> {
    yield* delivery.parts;
    if (delivery.breaks) throw new Error('the last part did not come');
  }
}

describe('runs that are held, tried out, or taken back', () => {
  let host: TestApp;
  let admin: Caller;
  let sources = 0;

  beforeAll(async () => {
    host = await TestApp.start();
    admin = new Caller(host, await host.adminToken());
    host.plugin.sourceManager.registerType('full', { syncSource: FullSource });
  });
  afterAll(() => host?.stop());
  beforeEach(() => Object.assign(delivery, { parts: [], breaks: false }));

  const newName = () => `held-${(sources += 1)}`;
  const people = (name: string, from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) => ({ uid: `u${from + at}`, username: `${name}-u${from + at}` }));
  const push = (sourceName: string, records: object[], more: object = {}, dataType: DataType = 'user') =>
    admin.push({ sourceName, dataType, records, ...more });
  const full = { mode: 'full' };
  const call = (action: string, body: object) => admin.post(`/api/userData:${action}`, body);
  const act = async (action: string, body: object) => {
    const response = await call(action, body);
    expect([response.status, response.body]).toEqual([200, { data: { taskId: expect.any(Number) as number } }]);
    return waitForTask(host, (response.body as { data: { taskId: number } }).data.taskId);
  };
  const taskOf = (id: unknown) => host.rows('userDataSyncTasks', { where: { id } }).then(([task]) => task);
  const sourceId = async (name: string) =>
    (await host.rows<{ id: number }>('userDataSyncSources', { where: { name } }))[0]?.id;
  const enabled = async (name: string) => {
    const rows = await host.rows<{ username: string; isDisabled: unknown }>('users');
    return rows.filter((row) => row.username.startsWith(`${name}-`) && !row.isDisabled).length;
  };
  const outcomes = (taskId: unknown, attempt = 1) =>
    host.rows<{ uid: string; action: string; kind: string; target: string }>('userDataSyncOutcomes', {
      where: { taskId, attempt },
      order: ['id'],
    });
  const held = (taskId: unknown) => host.rows('userDataSyncHeldDeliveries', { where: { taskId } });
  const addSource = async (name: string, rules = {}) => {
    const values = { name, sourceType: 'full', enabled: true, options: {}, rules };
    expect((await admin.post('/api/userDataSyncSources:create', values)).status).toBe(200);
  };
  /** A source with sixty people of whom a push of the first forty would remove a third. */
  const heldPush = async () => {
    const name = newName();
    await push(name, people(name, 0, 60));
    const response = await push(name, people(name, 0, 40), full);
    return { name, response, taskId: (response.body as { errors: { taskId: number }[] }).errors[0].taskId };
  };

  describe('the safeguard', () => {
    it('holds a push that would remove too many, before anything is written, and says what to do', async () => {
      const { name, response, taskId } = await heldPush();
      expect(response.status).toBe(409);
      expect(errorOf(response)).toMatchObject({ code: 'REMOVAL_LIMIT', taskId: expect.any(Number) as number });
      expect(errorOf(response).message).toMatch(/20 of 60 users.*approve or reject task/s);
      expect(await enabled(name)).toBe(60);
      expect(await taskOf(taskId)).toMatchObject({ status: 'blocked', code: 'REMOVAL_LIMIT', mode: 'full' });
      const would = await outcomes(taskId);
      expect(would).toHaveLength(20);
      expect(would[0]).toMatchObject({ uid: 'u40', action: 'disabled', kind: 'removal', target: 'users' });
      const list = await admin.get(`/api/userDataSyncTasks:get?filterByTk=${taskId}&appends[]=decidedBy`);
      expect((list.body as { data: object }).data).toMatchObject({ params: { users: 20, ownedUsers: 60 } });
    });

    it('keeps what was delivered encrypted, and writes nothing of a new person either', async () => {
      const name = newName();
      await push(name, people(name, 0, 60));
      const response = await push(name, [...people(name, 0, 10), { uid: 'new', username: `${name}-new` }], full);
      expect(response.status).toBe(409);
      const { taskId } = (response.body as { errors: { taskId: number }[] }).errors[0];
      const [part] = await held(taskId);
      expect(String(part.content)).toMatch(/^[0-9a-f]+\.[\w+/=]+$/);
      expect(await host.rows('users', { where: { username: `${name}-new` } })).toEqual([]);
      expect(await host.rows('userDataSyncRecords', { where: { sourceName: name, sourceUk: 'new' } })).toEqual([]);
    });

    it('runs on as it was held when somebody approves, and says who', async () => {
      const { name, taskId } = await heldPush();
      const task = await act('approve', { id: taskId });
      expect(task).toMatchObject({ status: 'success', attempt: 2 });
      expect(task.counts).toMatchObject({ users: { disabled: 20, unchanged: 40 } });
      expect(await enabled(name)).toBe(40);
      const row = await taskOf(taskId);
      expect(row).toMatchObject({ decidedById: 1 });
      expect(row.decidedAt).not.toBeNull();
      expect(await held(taskId)).toEqual([]);
      expect(errorOf(await call('approve', { id: taskId })).code).toBe('TASK_NOT_BLOCKED');
    });

    it('writes nothing when somebody rejects, and finds the same again the next time', async () => {
      const { name, taskId } = await heldPush();
      expect(await act('reject', { id: taskId })).toMatchObject({ status: 'canceled', code: 'REJECTED' });
      expect(await held(taskId)).toEqual([]);
      expect(await enabled(name)).toBe(60);
      expect(errorOf(await call('reject', { id: taskId })).code).toBe('TASK_NOT_BLOCKED');
      expect(errorOf(await push(name, people(name, 0, 40), full)).code).toBe('REMOVAL_LIMIT');
    });

    it('holds an approved run again when it would remove somebody whom nobody has seen', async () => {
      const { name, taskId } = await heldPush();
      const [link] = await host.rows<{ uid: string }>('userDataSyncOutcomes', { where: { taskId } });
      await host.db.getModel('userDataSyncOutcomes').destroy({ where: { taskId, uid: link.uid } });
      expect(await act('approve', { id: taskId })).toMatchObject({ status: 'blocked', attempt: 2 });
      expect(await taskOf(taskId)).toMatchObject({ code: 'REMOVAL_LIMIT' });
      expect(await outcomes(taskId, 2)).toHaveLength(20);
      expect(await enabled(name)).toBe(60);
      expect(await act('approve', { id: taskId })).toMatchObject({ status: 'success' });
      expect(await enabled(name)).toBe(40);
    });

    it('holds an approved run again when it would delete whom the list said it would disable', async () => {
      const { name, taskId } = await heldPush();
      const decide = (users: string) =>
        admin.post(`/api/userDataSyncSources:update?filterByTk=${id}`, { rules: { removal: { users } } });
      const id = await sourceId(name);
      await decide('delete');
      expect(await act('approve', { id: taskId })).toMatchObject({ status: 'blocked', attempt: 2 });
      expect((await outcomes(taskId, 2)).map(({ action }) => action)).toEqual(Array(20).fill('deleted'));
      await decide('keep');
      // Less than what was approved needs no other decision.
      expect(await act('approve', { id: taskId })).toMatchObject({ status: 'success' });
      expect(await enabled(name)).toBe(60);
    });

    it('holds an approved run again when somebody can be removed who could not before', async () => {
      const { name, taskId } = await heldPush();
      await host.db.getModel('userDataSyncOutcomes').update({ action: 'failed' }, { where: { taskId, uid: 'u40' } });
      expect(await act('approve', { id: taskId })).toMatchObject({ status: 'blocked', attempt: 2 });
      expect(await enabled(name)).toBe(60);
    });

    it('lets nobody approve data that the source has replaced meanwhile', async () => {
      const { name, taskId } = await heldPush();
      await push(name, [], {}, 'department');
      await push(name, [{ uid: 'u50', username: `${name}-u50`, nickname: 'Back' }]);
      const response = await call('approve', { id: taskId });
      expect([response.status, errorOf(response).code]).toEqual([409, 'TASK_OUTDATED']);
      expect(await enabled(name)).toBe(60);
    });

    it('lets two administrators approve only once', async () => {
      const { taskId } = await heldPush();
      const answers = await Promise.all([1, 2, 3].map(() => call('approve', { id: taskId })));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      await waitForTask(host, taskId);
      expect((await taskOf(taskId)).attempt).toBe(2);
    });

    it('judges removals that a delta names, and users and departments apart, by limits that can be set', async () => {
      const name = newName();
      await push(name, people(name, 0, 4));
      const departments = ['a', 'b', 'c'].map((uid) => ({ uid, title: `${name}-${uid}` }));
      await push(name, departments, {}, 'department');
      const rules = { limits: { users: { count: 1 }, departments: { count: 2 } } };
      await admin.post(`/api/userDataSyncSources:update?filterByTk=${await sourceId(name)}`, { rules });
      const gone = (uids: string[]) => uids.map((uid) => ({ uid, isDeleted: true }));
      expect((await push(name, gone(['u0', 'u1']))).status).toBe(409);
      expect((await push(name, gone(['u0', 'nobody']))).status).toBe(200);
      expect((await push(name, gone(['u0']))).status).toBe(200);
      expect((await push(name, gone(['a', 'b', 'c']), {}, 'department')).status).toBe(409);
      expect((await push(name, gone(['a', 'b']), {}, 'department')).status).toBe(200);
    });

    it('lets five go of the smallest source, and no more', async () => {
      const name = newName();
      await push(name, people(name, 0, 12));
      expect((await push(name, people(name, 0, 6), full)).status).toBe(409);
      expect((await push(name, people(name, 0, 7), full)).status).toBe(200);
      expect(await enabled(name)).toBe(7);
    });

    it.each(['user', 'department'] as const)('always holds an empty full delivery of %ss', async (dataType) => {
      const name = newName();
      const rejected = await push(name, [], full, dataType);
      expect([rejected.status, errorOf(rejected).code]).toEqual([409, 'REMOVAL_LIMIT']);
      expect(errorOf(rejected).message).toMatch(/empty/);
      expect((await push(name, [])).status).toBe(200);
    });

    it('comes before code of other plugins that pushes without a task', async () => {
      const name = newName();
      await push(name, people(name, 0, 60));
      const records = people(name, 0, 60).map(({ uid }) => ({ uid, isDeleted: true }));
      const pushed = host.plugin.resourceManager.updateOrCreate({ sourceName: name, dataType: 'user', records });
      await expect(pushed).rejects.toMatchObject({ code: 'REMOVAL_LIMIT' });
      expect(await enabled(name)).toBe(60);
    });
  });

  describe('a full pull', () => {
    it('judges nobody missing before its last part has come, and removes nobody when it breaks', async () => {
      const name = newName();
      await addSource(name);
      const part = (from: number, to: number): UserData => ({
        dataType: 'user',
        sourceName: name,
        records: people(name, from, to),
        ...full,
      });
      delivery.parts = [part(0, 5), part(5, 10)];
      expect(await act('pull', { name })).toMatchObject({ status: 'success', total: 10 });
      delivery.parts = [part(0, 5)];
      delivery.breaks = true;
      expect(await act('pull', { name })).toMatchObject({ status: 'failed', code: 'SOURCE_FAILED' });
      expect(await enabled(name)).toBe(10);
      delivery.parts = [part(5, 10), part(0, 5)];
      delivery.breaks = false;
      const again = await act('pull', { name });
      expect(again.counts).toMatchObject({ users: { unchanged: 10, disabled: 0 } });
      delivery.parts = [part(0, 4), part(5, 10)];
      expect((await act('pull', { name })).counts).toMatchObject({ users: { unchanged: 9, disabled: 1 } });
    });

    it('removes nobody when the application stops in the middle', async () => {
      const name = newName();
      await addSource(name);
      delivery.parts = [{ dataType: 'user', sourceName: name, records: people(name, 0, 10), ...full }];
      await act('pull', { name });
      const create = jest
        .spyOn(host.db.getModel('users'), 'bulkCreate')
        .mockRejectedValueOnce(new ConnectionError(new Error('gone')));
      const records = [...people(name, 0, 5), { uid: 'new', username: `${name}-new` }];
      delivery.parts = [{ dataType: 'user', sourceName: name, records, ...full }];
      const task = await act('pull', { name });
      create.mockRestore();
      expect(task.status).toBe('failed');
      expect(await enabled(name)).toBe(10);
    });
  });

  describe('a dry run', () => {
    it('says what would happen to whom, and writes nothing but the task', async () => {
      const name = newName();
      await push(name, [{ uid: 'd', title: `${name}-d` }], {}, 'department');
      await push(name, [
        ...people(name, 0, 3),
        { uid: 'x', username: `${name}-x`, nickname: 'Old', departments: ['d'] },
      ]);
      const before = await dump();
      const records = [
        { uid: 'x', username: `${name}-x`, nickname: 'New', departments: [] },
        { uid: 'n', username: `${name}-n`, departments: ['d'] },
        { uid: 'bad', username: 5, departments: 'no' },
        { uid: 'u0', username: `${name}-u1` },
        { uid: 'u1', username: `${name}-u1` },
      ];
      const response = await push(name, records, { ...full, dryRun: true });
      expect(response.status).toBe(200);
      expect(await dump()).toEqual(before);
      const counts = { created: 1, updated: 1, unchanged: 1, disabled: 1, failed: 2 };
      expect(detailOf(response, 'users').count).toMatchObject(counts);
      const { taskId } = (response.body as { data: { taskId: number } }).data;
      expect(await taskOf(taskId)).toMatchObject({ status: 'partially_failed', mode: 'full' });
      const real = await push(name, records, full);
      const parts = (answer: typeof real) =>
        ['users', 'departments'].map((resource) => {
          const { count, failedRecords, warnings } = detailOf(answer, resource);
          return { count, warnings, failed: failedRecords.map(({ record, code }) => [record.uid, code]) };
        });
      expect(parts(real)).toEqual(parts(response));
    });

    it('sees what the same run would bring: departments for new members, room for new people', async () => {
      const name = newName();
      await addSource(name);
      delivery.parts = [
        { dataType: 'user', sourceName: name, records: [{ uid: 'u', username: `${name}-u`, departments: ['k'] }] },
        {
          dataType: 'department',
          sourceName: name,
          records: [
            { uid: 'k', title: `${name}-k`, parentUid: 'p' },
            { uid: 'p', title: `${name}-p` },
          ],
        },
      ];
      const preview = await act('pull', { name, dryRun: true });
      expect(preview).toMatchObject({ status: 'success', total: 3, done: 3 });
      const counts = { users: { created: 1 }, departments: { created: 2 }, memberships: { updated: 1, warnings: 0 } };
      expect(preview.counts).toMatchObject(counts);
      expect(await host.rows('departments', { where: { title: `${name}-k` } })).toEqual([]);
      const run = await act('runNow', { id: preview.id });
      expect(run).toMatchObject({ status: 'success', trigger: 'manual', counts });
      expect(run.id).not.toBe(preview.id);
      expect(await host.rows('departments', { where: { title: `${name}-k` } })).toHaveLength(1);
    });

    it('says when the run would be held, and running it is held indeed', async () => {
      const name = newName();
      await push(name, people(name, 0, 60));
      const response = await push(name, people(name, 0, 10), { ...full, dryRun: true });
      const { taskId } = (response.body as { data: { taskId: number } }).data;
      expect(await taskOf(taskId)).toMatchObject({ status: 'success', code: 'WOULD_BE_HELD' });
      const run = await act('runNow', { id: taskId });
      expect(run).toMatchObject({ status: 'blocked', code: 'REMOVAL_LIMIT' });
      expect(await enabled(name)).toBe(60);
      expect(await act('approve', { id: run.id })).toMatchObject({ status: 'success' });
      expect(await enabled(name)).toBe(10);
    });

    it('can be run only once, and not when the source has delivered since, or when it was no preview', async () => {
      const name = newName();
      const dry = await push(name, people(name, 0, 2), { dryRun: true });
      const { taskId } = (dry.body as { data: { taskId: number } }).data;
      const { body } = await push(name, people(name, 0, 1));
      expect(errorOf(await call('runNow', { id: taskId })).code).toBe('TASK_OUTDATED');
      expect(errorOf(await call('runNow', { id: (body as { data: { taskId: number } }).data.taskId })).code).toBe(
        'TASK_NOT_PREVIEW',
      );
      const second = await push(name, people(name, 0, 3), { dryRun: true });
      const { taskId: next } = (second.body as { data: { taskId: number } }).data;
      await act('runNow', { id: next });
      expect((await call('runNow', { id: next })).status).toBe(409);
      expect(await enabled(name)).toBe(3);
    });
  });

  describe('the mode of a pull', () => {
    const pulled = async (name: string) => act('pull', { name });
    const part = (name: string, mode: string) =>
      ({ dataType: 'user', sourceName: name, mode, records: people(name, 0, 1) }) as unknown as UserData;

    it('is not known when the source gives nothing', async () => {
      const name = newName();
      await addSource(name);
      delivery.breaks = true;
      const { id } = await pulled(name);
      expect(await taskOf(id)).toMatchObject({ status: 'failed', mode: null });
    });

    it('is full when a source that breaks off has said so', async () => {
      const name = newName();
      await addSource(name);
      Object.assign(delivery, { parts: [part(name, 'full'), part(name, 'delta')], breaks: true });
      const { id } = await pulled(name);
      expect(await taskOf(id)).toMatchObject({ status: 'failed', mode: 'full' });
    });

    it('stays that of the delivery when failed records of it run again', async () => {
      const name = newName();
      await host.db.getRepository('users').create({ values: { username: `${name}-taken` } });
      const records = [...people(name, 0, 1), { uid: 'a', username: `${name}-taken` }];
      const { body } = await push(name, records, full);
      const { taskId } = (body as { data: { taskId: number } }).data;
      await act('retryFailed', { sourceId: await sourceId(name), id: taskId });
      expect(await taskOf(taskId)).toMatchObject({ mode: 'full', attempt: 2 });
    });
  });

  describe('failed records', () => {
    it('are run again from what was stored, without asking the source', async () => {
      const name = newName();
      const { users } = { users: host.db.getRepository('users') };
      await users.create({ values: { username: `${name}-taken` } });
      const response = await push(name, [
        { uid: 'a', username: `${name}-taken`, nickname: 'A' },
        { uid: 'b', username: `${name}-b` },
        { uid: 'c', username: `${name}-c`, departments: 'wrong' },
      ]);
      const { taskId } = (response.body as { data: { taskId: number } }).data;
      const id = await sourceId(name);
      await users.destroy({ filter: { username: `${name}-taken` } });
      const task = await act('retryFailed', { sourceId: id, id: taskId });
      expect(task).toMatchObject({ status: 'partially_failed', attempt: 2, trigger: 'retry' });
      expect(task.counts).toMatchObject({ users: { created: 1, failed: 1, all: 2 } });
      expect(await host.rows('users', { where: { username: `${name}-taken`, nickname: 'A' } })).toHaveLength(1);
      const none = await call('retryFailed', { sourceId: id, id: taskId });
      expect([none.status, errorOf(none).code]).toEqual([409, 'NOTHING_TO_RETRY']);
    });

    /** Somebody whose removal failed, because somebody needed them then. */
    const failedRemoval = async (more: object = full) => {
      const name = newName();
      await push(name, people(name, 0, 3));
      let isNeeded = true;
      host.plugin.resourceManager.registerRemovalCheck('users', ({ sourceName, rowIds }) =>
        isNeeded && sourceName === name ? new Map(rowIds.map((id) => [id, 'needed'])) : new Map(),
      );
      const records = more === full ? people(name, 0, 2) : [{ uid: 'u2', isDeleted: true }];
      const response = await push(name, records, more);
      expect(detailOf(response).failedRecords).toMatchObject([{ code: 'HAS_DEPENDENTS' }]);
      isNeeded = false;
      const { taskId } = (response.body as { data: { taskId: number } }).data;
      return { name, ids: { sourceId: await sourceId(name), id: taskId } };
    };

    it.each([
      ['a full delivery', full],
      ['a delivery of changes', {}],
    ])('remove nobody who has come back since: %s', async (_, more) => {
      const { name, ids } = await failedRemoval(more);
      await push(name, people(name, 2, 3));
      const response = await call('retryFailed', ids);
      expect([response.status, errorOf(response).code]).toEqual([409, 'TASK_OUTDATED']);
      expect(await enabled(name)).toBe(3);
    });

    it('are removed when newer data was of another type', async () => {
      const { name, ids } = await failedRemoval();
      await push(name, [{ uid: 'd', title: `${name} d` }], {}, 'department');
      await act('retryFailed', ids);
      expect(await enabled(name)).toBe(2);
    });

    it('bring nobody in who is missing from a full delivery since, and say so beside what is run', async () => {
      const name = newName();
      const users = host.db.getRepository('users');
      await users.create({ values: { username: `${name}-taken` } });
      const failing = [{ uid: 'left', username: `${name}-taken` }];
      const response = await push(name, failing);
      const ids = { sourceId: await sourceId(name), id: (response.body as { data: { taskId: number } }).data.taskId };
      await users.destroy({ filter: { username: `${name}-taken` } });
      await push(name, people(name, 0, 1), full);
      const refused = await call('retryFailed', ids);
      expect([refused.status, errorOf(refused).code]).toEqual([409, 'TASK_OUTDATED']);
      expect(await host.rows('users', { where: { username: `${name}-taken` } })).toEqual([]);
    });

    it('keep the match key, and a removal that failed is tried as a removal', async () => {
      const name = newName();
      await push(name, people(name, 0, 2));
      let isNeeded = true;
      host.plugin.resourceManager.registerRemovalCheck('users', ({ sourceName, rowIds }) =>
        isNeeded && sourceName === name ? new Map(rowIds.map((id) => [id, 'needed'])) : new Map(),
      );
      const response = await push(name, people(name, 0, 1), full);
      const { taskId } = (response.body as { data: { taskId: number } }).data;
      expect(detailOf(response).failedRecords).toMatchObject([{ code: 'HAS_DEPENDENTS' }]);
      isNeeded = false;
      const task = await act('retryFailed', { sourceId: await sourceId(name), id: taskId });
      expect(task).toMatchObject({ status: 'success', counts: { users: { disabled: 1, all: 1 } } });
      expect(await enabled(name)).toBe(1);
    });
  });

  describe('a source that goes', () => {
    const filled = async () => {
      const name = newName();
      await host.db.getRepository('users').create({ values: { username: `${name}-u1` } });
      await push(name, [{ uid: 'd', title: `${name}-d` }], {}, 'department');
      await push(name, [...people(name, 0, 3), { uid: 'm', username: `${name}-m`, departments: ['d'] }], {
        matchKey: 'username',
      });
      return name;
    };
    const left = async (name: string) => ({
      records: (await host.rows('userDataSyncRecords', { where: { sourceName: name } })).length,
      sources: (await host.rows('userDataSyncSources', { where: { name } })).length,
      users: await enabled(name),
      departments: (await host.rows('departments', { where: { title: `${name}-d` } })).length,
    });

    it('unlinks what it imported: everything stays, nothing belongs to it any more', async () => {
      const name = await filled();
      const response = await admin.post(`/api/userDataSyncSources:destroy?filterByTk=${await sourceId(name)}`);
      expect(response.status).toBe(200);
      expect(await left(name)).toEqual({ records: 0, sources: 0, users: 4, departments: 1 });
      const links = await host.rows<{ recordId: number }>('userDataSyncRecordsResources');
      const records = new Set((await host.rows<{ id: number }>('userDataSyncRecords')).map(({ id }) => id));
      expect(links.filter(({ recordId }) => !records.has(recordId))).toEqual([]);
      expect(detailOf(await push(name, people(name, 0, 1), { matchKey: 'username' })).count.linked).toBe(1);
    });

    it('stays with everything when something of it cannot be deleted', async () => {
      const name = await filled();
      const before = await left(name);
      const broken = jest.spyOn(LinkStore.prototype, 'removeOf').mockRejectedValue(new Error('the disk is full'));
      // The host tells the console about an error that it did not expect.
      const said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
      try {
        const id = await sourceId(name);
        expect((await admin.post(`/api/userDataSyncSources:destroy?filterByTk=${id}`)).status).toBe(500);
      } finally {
        broken.mockRestore();
        said.mockRestore();
      }
      expect(await left(name)).toEqual(before);
    });

    it('shows what would be removed, removes it, keeps what was there before, and goes itself', async () => {
      const name = await filled();
      const id = await sourceId(name);
      const preview = await act('purge', { sourceId: id, dryRun: true, deleteSource: true });
      const counts = { users: { deleted: 3, unlinked: 1 }, departments: { deleted: 1 } };
      expect(preview).toMatchObject({ status: 'success', counts });
      expect(await left(name)).toMatchObject({ sources: 1, users: 4 });
      const task = await act('runNow', { id: preview.id });
      expect(task).toMatchObject({ status: 'success', counts });
      await host.plugin.syncService.whenIdle();
      expect(await left(name)).toEqual({ records: 0, sources: 0, users: 1, departments: 0 });
      expect(await taskOf(task.id)).toMatchObject({ sourceName: name });
    });

    it('is held by the safeguard like everything else', async () => {
      const name = newName();
      await push(name, people(name, 0, 60));
      const task = await act('purge', { sourceId: await sourceId(name), deleteSource: true });
      expect(task).toMatchObject({ status: 'blocked', code: 'REMOVAL_LIMIT' });
      expect(await enabled(name)).toBe(60);
      expect(await act('approve', { id: task.id })).toMatchObject({ status: 'success' });
      await host.plugin.syncService.whenIdle();
      expect(await left(name)).toMatchObject({ sources: 0, users: 0 });
    });

    it('stays when something of it cannot be deleted, and says what', async () => {
      const name = await filled();
      const [department] = await host.rows<{ id: number }>('departments', { where: { title: `${name}-d` } });
      await host.db
        .getRepository('departments')
        .create({ values: { title: `${name}-by-hand`, parentId: department.id } });
      const task = await act('purge', { sourceId: await sourceId(name), deleteSource: true });
      expect(task).toMatchObject({ status: 'partially_failed', counts: { departments: { failed: 1 } } });
      await host.plugin.syncService.whenIdle();
      expect(await left(name)).toMatchObject({ sources: 1, departments: 1 });
      expect((await outcomes(task.id)).filter(({ action }) => action === 'failed')).toMatchObject([
        { kind: 'removal', target: 'departments' },
      ]);
    });

    it('takes memberships along of people who stay, also when it had disabled them', async () => {
      const name = newName();
      await host.db.getRepository('users').create({ values: { username: `${name}-u0` } });
      await push(name, [{ uid: 'd', title: `${name}-d` }], {}, 'department');
      const [first, second] = people(name, 0, 2).map((person) => ({ ...person, departments: ['d'] }));
      await push(name, [first, second], { matchKey: 'username' });
      await push(name, [second], full);
      const task = await act('purge', { sourceId: await sourceId(name), deleteSource: true });
      expect(task).toMatchObject({
        status: 'success',
        counts: { users: { deleted: 1, unlinked: 1 }, departments: { deleted: 1 } },
      });
      await host.plugin.syncService.whenIdle();
      expect(await left(name)).toEqual({ records: 0, sources: 0, users: 0, departments: 0 });
      expect(await host.rows('users', { where: { username: `${name}-u0` } })).toHaveLength(1);
    });

    it('is not filled again by a retry: that removes what is left', async () => {
      const name = newName();
      await addSource(name);
      delivery.parts = [{ dataType: 'user', sourceName: name, records: people(name, 0, 3) }];
      await act('pull', { name });
      let isNeeded = true;
      host.plugin.resourceManager.registerRemovalCheck('users', ({ sourceName, rowIds }) =>
        isNeeded && sourceName === name ? new Map([[rowIds[0], 'needed']]) : new Map(),
      );
      const id = await sourceId(name);
      const task = await act('purge', { sourceId: id, deleteSource: true });
      expect(task).toMatchObject({ status: 'partially_failed', counts: { users: { deleted: 2, failed: 1 } } });
      isNeeded = false;
      expect(await act('retry', { sourceId: id, id: task.id })).toMatchObject({
        status: 'success',
        attempt: 2,
        counts: { users: { deleted: 1, created: 0 } },
      });
      await host.plugin.syncService.whenIdle();
      expect(await left(name)).toMatchObject({ sources: 0, users: 0 });
    });

    it('may be switched off before', async () => {
      const name = newName();
      await push(name, people(name, 0, 60));
      const id = await sourceId(name);
      await admin.post(`/api/userDataSyncSources:update?filterByTk=${id}`, { enabled: false });
      const preview = await act('purge', { sourceId: id, dryRun: true, deleteSource: true });
      const task = await act('runNow', { id: preview.id });
      expect(task.status).toBe('blocked');
      expect(await act('approve', { id: task.id })).toMatchObject({ status: 'success' });
      await host.plugin.syncService.whenIdle();
      expect(await left(name)).toMatchObject({ sources: 0, users: 0 });
    });

    it('cannot be the built-in one', async () => {
      const purged = await call('purge', { sourceId: await sourceId('api'), deleteSource: true });
      expect(errorOf(purged).code).toBe('SOURCE_BUILT_IN');
    });
  });

  it('takes only what is in scope, and what falls out of it is gone', async () => {
    const name = newName();
    const rules = { scope: { users: [{ field: 'nickname', operator: 'contains', value: 'Berlin' }], subtrees: ['s'] } };
    await push(name, []);
    await admin.post(`/api/userDataSyncSources:update?filterByTk=${await sourceId(name)}`, { rules });
    await push(
      name,
      [
        { uid: 'root', title: `${name}-root` },
        { uid: 's', title: `${name}-s`, parentUid: 'root' },
        { uid: 't', title: `${name}-t`, parentUid: 's' },
      ],
      {},
      'department',
    );
    expect(await host.rows('departments', { where: { title: `${name}-root` } })).toEqual([]);
    expect(await host.rows('departments', { where: { title: `${name}-s`, parentId: null } })).toHaveLength(1);
    const person = (uid: string, nickname: string, department: string) => ({
      uid,
      nickname,
      username: `${name}-${uid}`,
      departments: [department, 'root'],
    });
    const inside = person('a', 'Ann, Berlin', 't');
    const response = await push(name, [inside, person('b', 'Bob, Paris', 't'), person('c', 'Cy, Berlin', 'root')]);
    expect(detailOf(response, 'users').count).toMatchObject({ all: 1, created: 1 });
    expect(detailOf(response, 'departments').count.warnings).toBe(0);
    expect(detailOf(await push(name, [{ uid: 'a', email: `${name}@example.com` }])).count.updated).toBe(1);
    const moved = await push(name, [person('a', 'Ann, Paris', 't'), person('d', 'Di, Berlin', 's')], full);
    expect(detailOf(moved, 'users').count).toMatchObject({ disabled: 1, created: 1 });
  });

  /** Everything but tasks and what is kept with them. */
  async function dump(): Promise<Record<string, unknown[]>> {
    const tables = [
      'users',
      'departments',
      'departmentsUsers',
      'rolesUsers',
      'userDataSyncRecords',
      'userDataSyncRecordsResources',
      'userDataSyncPendingLinks',
      'userDataSyncDisabledUsers',
    ];
    const entries = await Promise.all(tables.map(async (table) => [table, await host.rows(table)] as const));
    return Object.fromEntries(entries);
  }
});
