import { SyncSource, type PulledData } from '../../../src/server';
import { fromJsonColumn } from '../../../src/server/database/json-column';
import type { SyncTarget } from '../../../src/server/pipeline/contracts';
import type { SyncSourceModel } from '../../../src/server/sources';
import { TaskStore } from '../../../src/server/tasks';
import { TestApp } from '../../support/app';
import { Caller } from '../../support/http';

/*
 * Who runs a source is decided by the database alone: two nodes here share nothing else, and no lock of the process is
 * asked.
 */

const MANUALLY = { kind: 'pull', trigger: 'manual' } as const;

/** Delivers a user, and ends when `end` is called. */
class SlowSource extends SyncSource {
  static end: () => void;
  static asked = 0;
  static uid: string;
  static seen: object;
  private static ended: Promise<void>;

  static reset(): void {
    SlowSource.asked = 0;
    SlowSource.uid = 'slow';
    SlowSource.ended = new Promise((resolve) => (SlowSource.end = resolve));
  }

  async *pull(): AsyncGenerator<PulledData> {
    SlowSource.asked += 1;
    const { state, t, getCurrentLocale } = this.ctx as unknown as {
      state: { currentUser?: { username: string } };
      t: (key: string) => string;
      getCurrentLocale: () => string;
    };
    SlowSource.seen = { user: state.currentUser?.username, language: getCurrentLocale(), said: t('Password') };
    yield { dataType: 'user', records: [{ uid: SlowSource.uid, nickname: SlowSource.uid }] };
    await SlowSource.ended;
  }
}

describe('a source', () => {
  let host: TestApp;
  let node: TestApp;
  let source: SyncSourceModel;

  beforeAll(async () => {
    host = await TestApp.start();
    node = await TestApp.start({ nodeOf: host });
    for (const one of [host, node]) one.plugin.sourceManager.registerType('slow', { syncSource: SlowSource });
    source = (await host.db.getRepository('userDataSyncSources').create({
      values: { name: 'slow', sourceType: 'slow', enabled: true },
    })) as SyncSourceModel;
  });
  beforeEach(() => SlowSource.reset());
  afterAll(async () => {
    await node?.stop();
    await host?.stop();
  });

  const nodes = () => [host, node].map((one) => new TaskStore(one.db, async () => false));
  const tasks = () => host.rows('userDataSyncTasks', { order: ['id'] });
  const progress = {
    done: 0,
    total: 0,
    counts: {},
    mode: 'delta',
    dataTypes: null,
    matchKey: null,
    receivedAt: null,
  } as const;
  const outdate = (id: unknown) =>
    host.db
      .getModel('userDataSyncTasks')
      .update({ heartbeatAt: new Date(Date.now() - 31_000) }, { where: { id: id as number }, hooks: false });

  it('is run once when it is started everywhere at the same moment', async () => {
    for (let round = 0; round < 20; round += 1) {
      const before = (await tasks()).length;
      const started = await Promise.allSettled([...nodes(), ...nodes()].map((store) => store.start(source, MANUALLY)));
      const won = started.filter((result) => result.status === 'fulfilled');
      expect(won).toHaveLength(1);
      for (const result of started)
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'SOURCE_BUSY' });
      expect(await tasks()).toHaveLength(before + 1);
      await nodes()[0].finish(won[0].value, { status: 'failed' }, progress, Date.now());
    }
  });

  it('is retried once when Retry is pressed everywhere at the same moment', async () => {
    const [store] = nodes();
    const task = await store.start(source, MANUALLY);
    await store.finish(task, { status: 'failed' }, progress, Date.now());
    const retried = await Promise.allSettled(
      [...nodes(), ...nodes()].map((one) => one.restart(source, task.id, MANUALLY)),
    );
    expect(retried.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const claims = await Promise.all([...nodes(), ...nodes()].map((one) => one.claim(task.id, async () => source)));
    const claimed = claims.flatMap((claim) => claim ?? []);
    expect(claimed.map((claim) => claim.task.attempt)).toEqual([2]);
    await store.finish(claimed[0].task, { status: 'success' }, progress, Date.now());
  });

  it('is run by any node when the one that was asked has forgotten it, for the same person', async () => {
    SlowSource.uid = 'queued';
    const [store] = nodes();
    const users = host.db.getRepository('users');
    const person = await users.create({ values: { username: 'asker' } });
    const request = { userId: person.get('id') as number, language: 'de-DE' };
    const taskId = await store.queue(source, { ...MANUALLY, request });
    await expect(store.queue(source, MANUALLY)).rejects.toMatchObject({ code: 'SOURCE_BUSY', answer: { taskId } });
    await node.plugin.syncService.runner.takeForgotten();
    await node.plugin.syncService.whenIdle();
    expect((await tasks()).find(({ id }) => id === taskId)).toMatchObject({ status: 'init' });
    await outdate(taskId);
    SlowSource.end();
    await node.plugin.syncService.runner.takeForgotten();
    await node.plugin.syncService.whenIdle();
    expect((await tasks()).find(({ id }) => id === taskId)).toMatchObject({ status: 'success', attempt: 1 });
    expect(SlowSource.seen).toEqual({ user: 'asker', language: 'de-DE', said: expect.any(String) as string });
  });

  it('is free again when its run gives no sign of life, and that run writes nothing more', async () => {
    const [store, other] = nodes();
    const paused = await store.start(source, MANUALLY);
    await expect(other.start(source, MANUALLY)).rejects.toMatchObject({ code: 'SOURCE_BUSY' });
    await outdate(paused.id);
    const next = await other.start(source, MANUALLY);
    expect((await tasks()).find(({ id }) => id === paused.id)).toMatchObject({ status: 'failed', code: 'INTERRUPTED' });
    expect(await store.claims.beat(paused)).toBe(false);
    await store.saveProgress(paused, { ...progress, done: 7 });
    await store.finish(paused, { status: 'success' }, progress, Date.now());
    expect((await tasks()).find(({ id }) => id === paused.id)).toMatchObject({ status: 'failed', done: 0 });
    expect(await other.claims.beat(next)).toBe(true);
    await other.finish(next, { status: 'success' }, progress, Date.now());
  });

  it('is free when somebody else has said that its run has ended', async () => {
    const [store] = nodes();
    const task = await store.start(source, MANUALLY);
    await host.db.getModel('userDataSyncTasks').update({ status: 'failed' }, { where: { id: task.id }, hooks: false });
    const next = await store.start(source, MANUALLY);
    await store.finish(next, { status: 'success' }, progress, Date.now());
  });

  it('goes on elsewhere from what its run had received, and nothing of the first run is written any more', async () => {
    const target = node.plugin.resourceManager
      .pipeline()
      .targets.active()
      .find(({ name }) => name === 'users') as SyncTarget;
    const plan = target.plan.bind(target);
    let goOn = () => {};
    const planned = new Promise<void>((resolve) => {
      jest.spyOn(target, 'plan').mockImplementationOnce(async (chunk) => {
        const made = await plan(chunk);
        resolve();
        await new Promise<void>((release) => (goOn = release));
        return made;
      });
    });
    const records = [{ uid: 'moved', nickname: 'Moved', hired: new Date(0) }];
    const lost = node.plugin.syncService
      .push({ dataType: 'user', sourceName: 'moving', records })
      .catch((e: unknown) => e);
    await planned;
    const { id: taskId } = (await tasks()).at(-1) as { id: number };
    await outdate(taskId);
    await host.plugin.recover();
    await host.plugin.syncService.whenIdle();
    const done = { status: 'success', attempt: 2, done: 1 };
    expect((await tasks()).at(-1)).toMatchObject({ id: taskId, ...done });
    goOn();
    expect(await lost).toMatchObject({ code: 'INTERRUPTED' });
    expect((await tasks()).at(-1)).toMatchObject({ id: taskId, ...done });
    expect(await host.rows('users', { where: { nickname: 'Moved' } })).toHaveLength(1);
    expect(await host.rows('userDataSyncHeldDeliveries', { where: { taskId } })).toEqual([]);
  });

  it('is given up when its run has been lost four times', async () => {
    const [store] = nodes();
    const { id } = await store.start(source, { kind: 'purge', trigger: 'manual', mode: 'purge' });
    for (let takeover = 1; takeover <= 3; takeover += 1) {
      await outdate(id);
      await store.claims.giveUpLost();
      expect((await tasks()).at(-1)).toMatchObject({ id, status: 'init', attempt: takeover + 1 });
      await store.claim(id, async () => source);
    }
    await outdate(id);
    await store.claims.giveUpLost();
    const lost = [1, 2, 3].map((attempt) => ({ attempt, status: 'failed', code: 'INTERRUPTED' }));
    const task = (await tasks()).at(-1);
    expect(task).toMatchObject({ id, status: 'failed', code: 'INTERRUPTED' });
    expect(fromJsonColumn(task?.earlierAttempts)).toMatchObject(lost);
  });

  it('is not written to by a run that was paused while another one took its task over', async () => {
    const admin = new Caller(host, await host.adminToken());
    const response = await admin.post('/api/userData:pull', { name: 'slow' });
    const { taskId } = (response.body as { data: { taskId: number } }).data;
    while (SlowSource.asked === 0) await new Promise((resolve) => setImmediate(resolve));
    // As if the process had been stopped for longer than it takes to be given up.
    await outdate(taskId);
    const [, other] = nodes();
    const next = await other.start(source, MANUALLY);
    SlowSource.end();
    await host.plugin.syncService.whenIdle();
    expect(await host.rows('users', { where: { nickname: 'slow' } })).toEqual([]);
    expect(await host.rows('userDataSyncRecords', { where: { sourceUk: 'slow' } })).toEqual([]);
    expect((await tasks()).find(({ id }) => id === taskId)).toMatchObject({ status: 'failed', code: 'INTERRUPTED' });
    await other.finish(next, { status: 'success' }, progress, Date.now());
  });

  it('lets a listener push and wait for that', async () => {
    let pushed: unknown;
    const listen = async () => {
      pushed ??= await host.plugin.syncService.push({ dataType: 'user', sourceName: 'heard', records: [{ uid: '1' }] });
    };
    host.db.on('users.afterCreateWithAssociations', listen);
    try {
      await host.plugin.syncService.push({ dataType: 'user', sourceName: 'told', records: [{ uid: '1' }] });
      expect(pushed).toMatchObject([{ detail: { count: { success: 1 } } }, expect.anything()]);
    } finally {
      host.db.off('users.afterCreateWithAssociations', listen);
    }
  });

  it('lets a listener write after the run is over', async () => {
    let push: Promise<unknown> | undefined;
    let isOver = () => {};
    const over = new Promise<void>((resolve) => (isOver = resolve));
    const listen = () => {
      // Not waited for: it goes on when the run has ended.
      push ??= over.then(() =>
        host.plugin.syncService.push({ dataType: 'user', sourceName: 'late', records: [{ uid: '1' }] }),
      );
    };
    host.db.on('users.afterCreateWithAssociations', listen);
    try {
      SlowSource.end();
      await new Caller(host, await host.adminToken()).post('/api/userData:pull', { name: 'slow' });
      await host.plugin.syncService.whenIdle();
      isOver();
      expect(push).toBeDefined();
      expect(await push).toMatchObject([{ detail: { count: { success: 1 } } }, expect.anything()]);
    } finally {
      host.db.off('users.afterCreateWithAssociations', listen);
    }
  });
});
