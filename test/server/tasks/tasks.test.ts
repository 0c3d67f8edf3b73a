import { once } from 'node:events';
import type { Model } from '@nocobase/database';
import { SyncSource, type UserData } from '../../../src/server';
import { CHUNK_SIZES } from '../../../src/server/pipeline/chunks';
import type { SyncTarget } from '../../../src/server/pipeline/contracts';
import { TaskStore } from '../../../src/server/tasks';
import { TestApp } from '../../support/app';
import { createDatabase } from '../../support/databases';
import { waitForTask } from '../../support/tasks';

/** Lets a test decide when a source answers, and with what. */
class Gate {
  private static pending: { resolve: (data: UserData[]) => void; reject: (error: Error) => void }[] = [];
  private static waiting: (() => void)[] = [];

  static pull(): Promise<UserData[]> {
    return new Promise((resolve, reject) => {
      Gate.pending.push({ resolve, reject });
      Gate.waiting.shift()?.();
    });
  }

  /** Resolves when a source has been asked. */
  static async asked(): Promise<{ resolve: (data: UserData[]) => void; reject: (error: Error) => void }> {
    if (Gate.pending.length === 0) await new Promise<void>((resolve) => Gate.waiting.push(resolve));
    return Gate.pending.shift() as (typeof Gate.pending)[number];
  }
}

class GatedSource extends SyncSource {
  pull(): Promise<UserData[]> {
    return Gate.pull();
  }
}

interface Task {
  id: number;
  status: string;
  attempt: number;
  earlierAttempts: unknown;
  code: string | null;
  message: string;
  counts: Record<string, Record<string, number>>;
  done: number;
  total: number;
  trigger: string;
  cost: number;
  startedAt: string;
  finishedAt: string | null;
  createdById: number;
}

describe('tasks', () => {
  let host: TestApp;
  let token: string;
  let sources = 0;

  beforeAll(async () => {
    host = await TestApp.start();
    token = await host.adminToken();
    host.plugin.sourceManager.registerType('gated', { syncSource: GatedSource, title: 'Gated' });
  });
  afterAll(() => host?.stop());

  const newSource = async () => {
    const values = { name: `gated-${(sources += 1)}`, sourceType: 'gated', enabled: true };
    return (await host.db.getRepository('userDataSyncSources').create({ values })) as { id: number; name: string };
  };
  const call = (path: string, body: object = {}) =>
    host.http.post(`/api/userData:${path}`).set('Authorization', `Bearer ${token}`).send(body);
  const taskIdOf = (response: { body: unknown }) => (response.body as { data: { taskId: number } }).data.taskId;
  const task = async (id: number) =>
    (await host.db.getRepository('userDataSyncTasks').findOne({ filterByTk: id }))?.toJSON() as Task;
  const outcomes = async (taskId: number) =>
    ((await host.db.getRepository('userDataSyncOutcomes').find({ filter: { taskId }, sort: 'id' })) as Model[]).map(
      (row) => row.toJSON<Record<string, unknown>>(),
    );

  /** A pull, up to the moment in which the source is asked. */
  const startPull = async (name: string) => {
    const response = await call('pull', { name });
    expect(response.status).toBe(200);
    return { taskId: taskIdOf(response), source: await Gate.asked() };
  };
  /** Waits until nothing runs any more. */
  const settled = () => host.plugin.syncService.whenIdle();

  it('answers a pull at once, runs it in the background, and keeps what became of it', async () => {
    const { name } = await newSource();
    const { taskId, source } = await startPull(name);
    expect(await task(taskId)).toMatchObject({
      status: 'processing',
      trigger: 'manual',
      attempt: 1,
      createdById: 1,
      finishedAt: null,
    });
    source.resolve([
      { dataType: 'department', sourceName: name, records: [{ uid: 'd', title: 'D' }] },
      {
        dataType: 'user',
        sourceName: name,
        records: [
          { uid: '1', username: 'one', departments: ['d'] },
          { uid: '2', username: 'two' },
        ],
      },
    ]);
    await settled();
    const ended = await task(taskId);
    expect(ended).toMatchObject({ status: 'success', done: 3, total: 3, code: null });
    expect(ended.counts).toMatchObject({
      users: { created: 2 },
      departments: { created: 1 },
      memberships: { updated: 1, unchanged: 1 },
    });
    expect(ended.cost).toBeGreaterThanOrEqual(0);
    expect(new Date(ended.finishedAt as string) >= new Date(ended.startedAt)).toBe(true);
    expect(await outcomes(taskId)).toMatchObject([
      { target: 'departments', uid: 'd', action: 'created' },
      { target: 'users', uid: '1', action: 'created', changes: { username: { old: null, new: 'one' } } },
      { target: 'users', uid: '2', action: 'created' },
      { target: 'memberships', uid: '1', action: 'updated', changes: { departments: { old: [], new: ['D'] } } },
    ]);
  });

  it('runs one at a time for each source, and says which task is in the way', async () => {
    const [first, second] = [await newSource(), await newSource()];
    const running = await startPull(first.name);
    const busy = await call('pull', { name: first.name });
    expect(busy.status).toBe(409);
    expect(busy.body).toMatchObject({ errors: [{ code: 'SOURCE_BUSY' }] });
    expect((busy.body as { errors: { message: string }[] }).errors[0].message).toContain(String(running.taskId));
    const beside = await startPull(second.name);
    beside.source.resolve([]);
    running.source.resolve([]);
    await settled();
    expect((await task(running.taskId)).status).toBe('success');
    expect((await task(beside.taskId)).status).toBe('success');
    const next = await startPull(first.name);
    next.source.resolve([]);
    await settled();
  });

  it('lets only one of many requests at the same moment through', async () => {
    const { name } = await newSource();
    const answers = await Promise.all(Array.from({ length: 5 }, () => call('pull', { name })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
    (await Gate.asked()).resolve([]);
    await settled();
  });

  it('fails when the source breaks, says what to do, and Retry runs the same task again', async () => {
    const { id: sourceId, name } = await newSource();
    const { taskId, source } = await startPull(name);
    source.reject(new Error('connect ECONNREFUSED'));
    await settled();
    expect(await task(taskId)).toMatchObject({ status: 'failed', code: 'SOURCE_FAILED' });
    expect((await task(taskId)).message).toContain('ECONNREFUSED');

    expect((await call('retry', { sourceId, id: taskId })).status).toBe(200);
    const second = await Gate.asked();
    expect(await task(taskId)).toMatchObject({
      status: 'processing',
      attempt: 2,
      trigger: 'retry',
      message: '',
      code: null,
    });
    second.resolve([{ dataType: 'user', sourceName: name, records: [{ uid: 'r', username: 'retried' }] }]);
    await settled();
    expect(await task(taskId)).toMatchObject({
      status: 'success',
      attempt: 2,
      earlierAttempts: [{ attempt: 1, status: 'failed', code: 'SOURCE_FAILED', counts: {} }],
    });
    expect(await outcomes(taskId)).toMatchObject([{ uid: 'r', attempt: 2 }]);
    const again = await call('retry', { sourceId, id: taskId });
    expect(again.body).toMatchObject({ errors: [{ code: 'TASK_NOT_RETRYABLE' }] });
  });

  it('is partially failed when records failed, with the reason of each, and the rest is in the database', async () => {
    const { name } = await newSource();
    const { taskId, source } = await startPull(name);
    source.resolve([
      {
        dataType: 'user',
        sourceName: name,
        records: [
          { uid: '1', username: 'partly' },
          { uid: '', nickname: 'Known By Name' },
          { uid: '2', username: 'nocobase' },
        ],
      },
    ]);
    await settled();
    const ended = await task(taskId);
    expect(ended).toMatchObject({ status: 'partially_failed', counts: { users: { all: 3, created: 1, failed: 2 } } });
    const failed = (await outcomes(taskId)).filter(({ action }) => action === 'failed');
    expect(failed).toMatchObject([
      { code: 'UID_MISSING', uid: '', name: 'Known By Name' },
      { uid: '2', code: 'UNIQUE_CONFLICT' },
    ]);
    expect(failed.every(({ message }) => typeof message === 'string' && message !== '')).toBe(true);
  });

  it('writes nothing when the source breaks before its last part has come', async () => {
    const { name } = await newSource();
    class HalfSource extends SyncSource {
      async *pull(): AsyncGenerator<UserData> {
        yield { dataType: 'user', sourceName: name, records: [{ uid: '1', username: 'first-part' }] };
        throw new Error('the second part is missing');
      }
    }
    host.plugin.sourceManager.registerType('half', { syncSource: HalfSource });
    await host.db.getRepository('userDataSyncSources').update({ filter: { name }, values: { sourceType: 'half' } });
    const taskId = taskIdOf(await call('pull', { name }));
    await settled();
    expect(await task(taskId)).toMatchObject({ status: 'failed', done: 0, total: 1, counts: {} });
    expect(await host.rows('users', { where: { username: 'first-part' } })).toEqual([]);
  });

  it('fails tasks that give no sign of life, and leaves those that do', async () => {
    const { id: sourceId } = await newSource();
    const repository = host.db.getRepository('userDataSyncTasks');
    const make = async (batch: string, heartbeatAt: Date | null) =>
      ((await repository.create({ values: { batch, sourceId, status: 'processing', heartbeatAt } })) as { id: number })
        .id;
    const [silent, old, alive] = [
      await make('silent', new Date(Date.now() - 31_000)),
      await make('old', null),
      await make('alive', new Date()),
    ];
    await host.plugin.recover();
    expect(await task(silent)).toMatchObject({ status: 'failed', code: 'INTERRUPTED' });
    expect(await task(old)).toMatchObject({ status: 'failed', code: 'INTERRUPTED' });
    expect(await task(alive)).toMatchObject({ status: 'processing' });
    await repository.destroy({ filterByTk: alive });
  });

  it('looks for runs whose server has died without standing in the way of who saves something', async () => {
    const store = new TaskStore(host.db, async () => false);
    const users = host.db.getRepository('users');
    let isOver = false;
    const looking = (async () => {
      while (!isOver) await store.claims.giveUpLost();
    })();
    try {
      for (let at = 0; at < 5; at += 1) {
        const user = await users.create({ values: { username: `saved-${at}` } });
        await users.destroy({ filterByTk: user.get('id') as number });
      }
    } finally {
      isOver = true;
      await looking;
    }
    expect(await users.count({ filter: { username: { $includes: 'saved-' } } })).toBe(0);
  });

  it('counts a push as a task too', async () => {
    const response = await call('push', { dataType: 'user', records: [{ uid: 'p', username: 'pushed' }] });
    expect(await task(taskIdOf(response))).toMatchObject({ status: 'success', trigger: 'push', createdById: 1 });
  });
});
/** Two applications start one after the other, each of which upgrades first. */
const STARTS_TIMEOUT = 180_000;

/** Pushes three users, of whom the first is written before the application stops, and the others are not. */
function pushUntilStop(host: TestApp, sourceName: string) {
  const manager = host.plugin.resourceManager;
  const pipeline = manager.pipeline.bind(manager);
  const one = { records: 1, weight: 1000 };
  const chunkSizes = { ...CHUNK_SIZES, users: one, usersOnSqlite: one };
  jest.spyOn(manager, 'pipeline').mockImplementation(() => ({ ...pipeline(), chunkSizes }));
  const target = pipeline()
    .targets.active()
    .find(({ name }) => name === 'users') as SyncTarget;
  const plan = target.plan.bind(target);
  const { running } = host.plugin as unknown as { readonly running: { readonly stopping: AbortController } };
  const stopped = once(running.stopping.signal, 'abort');
  let answer: Promise<unknown> | undefined;
  const planned = new Promise<void>((resolve) => {
    jest.spyOn(target, 'plan').mockImplementationOnce(async (chunk) => {
      const made = await plan(chunk);
      resolve();
      await stopped;
      return made;
    });
    const records = ['a', 'b', 'c'].map((uid) => ({ uid, nickname: 'Half-way' }));
    answer = host.plugin.syncService.push({ dataType: 'user', sourceName, records }).catch((error: unknown) => error);
  });
  return { planned, answer };
}

describe('an application that stops while a source runs', () => {
  it(
    'marks the task as interrupted, or leaves it to the next start, which finds what a crash left behind, too',
    async () => {
      const database = await createDatabase();
      const first = await TestApp.start({ database });
      first.plugin.sourceManager.registerType('gated', { syncSource: GatedSource });
      const values = { name: 'slow', sourceType: 'gated', enabled: true };
      await first.db.getRepository('userDataSyncSources').create({ values });
      const token = await first.adminToken();
      const response = await first.http
        .post('/api/userData:pull')
        .set('Authorization', `Bearer ${token}`)
        .send({ name: 'slow' });
      const { taskId } = (response.body as { data: { taskId: number } }).data;
      await Gate.asked();
      const source = await first.db.getRepository('userDataSyncSources').findOne({ filter: { name: 'slow' } });
      const sourceId = source?.get('id');
      const left = (batch: string, heartbeatAt: Date) =>
        first.db
          .getRepository('userDataSyncTasks')
          .create({ values: { batch, sourceId, status: 'processing', heartbeatAt } });
      await left('crashed', new Date(Date.now() - 31_000));
      await left('on another node', new Date());
      const push = pushUntilStop(first, 'half-way');
      await push.planned;
      await first.stop();
      expect(await push.answer).toMatchObject({ code: 'INTERRUPTED' });

      const second = await TestApp.start({ database });
      try {
        const rows = await second.rows<{ id: number; status: string; code: string }>('userDataSyncTasks', {
          order: ['id'],
        });
        expect(rows).toMatchObject([
          { id: taskId, status: 'failed', code: 'INTERRUPTED' },
          { status: 'failed', code: 'INTERRUPTED' },
          { status: 'processing', code: null },
          expect.objectContaining({ sourceName: 'half-way', attempt: 2 }) as unknown,
        ]);
        await second.plugin.syncService.whenIdle();
        const { id } = rows[3];
        expect(await waitForTask(second, id)).toMatchObject({ status: 'success', counts: { users: { created: 2 } } });
        expect(await second.rows('users', { where: { nickname: 'Half-way' } })).toHaveLength(3);
      } finally {
        await second.stop();
        await database.drop();
      }
    },
    STARTS_TIMEOUT,
  );
});
