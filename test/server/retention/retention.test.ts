import { DEFAULT_SETTINGS } from '../../../src/common/settings';
import type { TaskStatus } from '../../../src/common/tasks';
import { insertRows, insertRowsForKeys } from '../../../src/server/database/insert-rows';
import { inTransaction } from '../../../src/server/database/transaction';
import { cleanUp, CLEAN_UP_TIME, cleanUpLockOf } from '../../../src/server/retention';
import { SettingsStore } from '../../../src/server/settings/settings-store';
import { TestApp } from '../../support/app';

const NOW = new Date('2026-06-01T12:00:00Z');
const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const SETTINGS = { outcomeDays: 10, taskDays: 100, heldDays: 200, removalWindowHours: 24 };

let host: TestApp;
let batch = 0;

beforeAll(async () => {
  host = await TestApp.start();
});
afterAll(() => host?.stop());
afterEach(async () => {
  jest.restoreAllMocks();
  for (const table of ['userDataSyncTasks', 'userDataSyncOutcomes', 'userDataSyncHeldDeliveries'])
    await host.db.getModel(table).destroy({ where: {} });
});

interface Task {
  status?: TaskStatus;
  dryRun?: boolean;
  /** Before `NOW`, in ms. */
  ended?: number | null;
  updated?: number;
  outcomes?: number;
  held?: number;
  /** Before `NOW`, in ms: until when it waited. */
  heldUntil?: number;
}

/** A task as it is stored, with outcomes and what was delivered to it. */
async function add({
  status = 'success',
  dryRun,
  ended = 0,
  updated = 0,
  outcomes = 1,
  held = 0,
  heldUntil,
}: Task): Promise<number> {
  const at = (ago: number) => new Date(NOW.getTime() - ago);
  const until = heldUntil === undefined ? null : at(heldUntil);
  const values = { batch: `b${(batch += 1)}`, sourceId: 1, status, dryRun, attempt: 1, heldUntil: until };
  const times = { finishedAt: ended === null ? null : at(ended), createdAt: at(updated), updatedAt: at(updated) };
  const row = await host.db.getModel('userDataSyncTasks').create({ ...values, ...times }, { silent: true });
  const taskId = row.get('id') as number;
  await host.db.getModel('userDataSyncOutcomes').bulkCreate(
    Array.from({ length: outcomes }, (_, index) => ({
      ...{ taskId, attempt: 1, target: 'users', uid: `u${index}`, action: 'created' },
    })),
  );
  await host.db
    .getModel('userDataSyncHeldDeliveries')
    .bulkCreate(Array.from({ length: held }, (_, position) => ({ taskId, position, content: 'x' })));
  return taskId;
}

/** Many tasks that ended, each with an outcome and a part of what was delivered. */
async function addMany(count: number, ended: number): Promise<void> {
  const finishedAt = new Date(NOW.getTime() - ended);
  const tasks = Array.from({ length: count }, () => ({
    ...{ batch: `b${(batch += 1)}`, sourceId: 1, status: 'success', attempt: 1, finishedAt },
  }));
  const ids = await inTransaction(host.db, (transaction) =>
    insertRowsForKeys(host.db.getModel('userDataSyncTasks'), tasks, transaction),
  );
  const outcomes = ids.map((taskId) => ({ taskId, attempt: 1, target: 'users', uid: 'u', action: 'created' }));
  await insertRows(host.db.getModel('userDataSyncOutcomes'), outcomes);
  const held = ids.map((taskId) => ({ taskId, position: 0, content: 'x' }));
  await insertRows(host.db.getModel('userDataSyncHeldDeliveries'), held);
}

/** What there is of a task: whether itself, and how many outcomes and parts of deliveries. */
async function left(id: number): Promise<[task: boolean, outcomes: number, held: number]> {
  return [
    (await host.rows('userDataSyncTasks', { where: { id } })).length === 1,
    (await host.rows('userDataSyncOutcomes', { where: { taskId: id } })).length,
    (await host.rows('userDataSyncHeldDeliveries', { where: { taskId: id } })).length,
  ];
}

const clean = (settings = SETTINGS) => cleanUp(host.db, settings, NOW);

describe('clean-up', () => {
  it.each<[string, Task, [boolean, number, number]]>([
    ['keeps what is new', { ended: DAY }, [true, 1, 0]],
    ['keeps outcomes to the day', { ended: 10 * DAY }, [true, 1, 0]],
    ['deletes outcomes after it', { ended: 10 * DAY + 1, outcomes: 3 }, [true, 0, 0]],
    ['deletes those of a failed run', { ended: 11 * DAY, status: 'failed' }, [true, 0, 0]],
    ['deletes those of a run that failed in part', { ended: 11 * DAY, status: 'partially_failed' }, [true, 0, 0]],
    ['deletes those of a rejected run', { ended: 11 * DAY, status: 'canceled' }, [true, 0, 0]],
    ['keeps tasks to the day', { ended: 100 * DAY }, [true, 0, 0]],
    ['deletes tasks with everything after it', { ended: 100 * DAY + 1, outcomes: 3, held: 2 }, [false, 0, 0]],
    ['keeps a run that goes on', { ended: 200 * DAY, status: 'processing', held: 1 }, [true, 1, 1]],
    ['keeps one that has not begun', { ended: null, updated: 200 * DAY, status: 'init', held: 1 }, [true, 1, 1]],
    ['keeps one that waits for somebody', { ended: 200 * DAY, status: 'blocked', held: 2 }, [true, 1, 2]],
    ['goes by the last change without an end', { ended: null, updated: 101 * DAY }, [false, 0, 0]],
    ['keeps what was changed lately without an end', { ended: null, updated: 9 * DAY }, [true, 1, 0]],
    ['goes by the end, whatever was changed later', { ended: 101 * DAY, updated: DAY }, [false, 0, 0]],
    ['deletes what was delivered to a run that is over', { ended: 0, held: 2 }, [true, 1, 0]],
    ['keeps what was previewed', { ended: 24 * HOUR, dryRun: true, held: 2 }, [true, 1, 2]],
    ['keeps it for a day', { ended: 24 * HOUR + 1, dryRun: true, held: 2 }, [true, 1, 0]],
    [
      'keeps it for a day, also of a preview that failed',
      { ended: HOUR, dryRun: true, held: 1, status: 'failed' },
      [true, 1, 1],
    ],
  ])('%s', async (_, task, expected) => {
    const id = await add(task);
    const other = await add({ ended: DAY });
    await clean();
    expect(await left(id)).toEqual(expected);
    expect(await left(other)).toEqual([true, 1, 0]);
  });

  it.each<[string, Task, [string, string | null]]>([
    ['waits until its time', { ended: 60 * DAY, heldUntil: 0 }, ['blocked', null]],
    ['is canceled after it', { ended: DAY, heldUntil: 1 }, ['canceled', 'EXPIRED']],
    ['that does not say when waits as long as the settings say', { ended: 50 * DAY }, ['blocked', null]],
    ['that does not say when is canceled after that', { ended: 50 * DAY + 1 }, ['canceled', 'EXPIRED']],
  ])('a run that is held %s, and what was delivered goes with it', async (_, task, expected) => {
    const id = await add({ ...task, status: 'blocked', held: 2 });
    await clean({ ...SETTINGS, heldDays: 50 });
    const [row] = await host.rows('userDataSyncTasks', { where: { id } });
    expect([row.status, row.code]).toEqual(expected);
    expect((await left(id))[2]).toBe(expected[0] === 'blocked' ? 2 : 0);
  });

  it('keeps what the safeguard counts, however short outcomes are to be kept', async () => {
    const [inside, outside] = [await add({ ended: 5 * DAY }), await add({ ended: 6 * DAY })];
    await clean({ ...SETTINGS, outcomeDays: 1, taskDays: 1, removalWindowHours: 5 * 24 });
    expect(await left(inside)).toEqual([true, 1, 0]);
    expect(await left(outside)).toEqual([false, 0, 0]);
  });

  it('deletes outcomes with their task, however long they were to be kept', async () => {
    const id = await add({ ended: 2 * DAY, outcomes: 2 });
    await clean({ ...SETTINGS, outcomeDays: 36_500, taskDays: 1 });
    expect(await left(id)).toEqual([false, 0, 0]);
  });

  it('deletes what was delivered to a task that is not there', async () => {
    const id = await add({ held: 2 });
    await host.db.getModel('userDataSyncTasks').destroy({ where: { id } });
    await clean();
    expect(await left(id)).toEqual([false, 1, 0]);
  });

  it('says how much it deleted, and finds nothing the second time', async () => {
    await add({ ended: 101 * DAY, outcomes: 3, held: 2 });
    await add({ ended: 11 * DAY, outcomes: 4 });
    expect(await clean()).toEqual({ expired: 0, outcomes: 7, tasks: 1, heldDeliveries: 2 });
    expect(await clean()).toEqual({ expired: 0, outcomes: 0, tasks: 0, heldDeliveries: 0 });
  });

  it('reads and deletes many rows in slices', async () => {
    const old = await add({ ended: 101 * DAY, outcomes: 2600, held: 1100 });
    const kept = await add({ ended: 11 * DAY, outcomes: 0 });
    await addMany(1100, 101 * DAY);
    const rows: number[] = [];
    const model = host.db.getModel('userDataSyncOutcomes');
    for (const table of [
      model,
      host.db.getModel('userDataSyncTasks'),
      host.db.getModel('userDataSyncHeldDeliveries'),
    ]) {
      const findAll = table.findAll.bind(table);
      jest.spyOn(table, 'findAll').mockImplementation(async (options) => {
        const found = await findAll(options);
        rows.push(found.length);
        return found;
      });
    }
    expect(await clean()).toEqual({ expired: 0, outcomes: 3700, tasks: 1101, heldDeliveries: 2200 });
    expect(Math.max(...rows)).toBeLessThanOrEqual(500);
    jest.restoreAllMocks();
    expect(await left(old)).toEqual([false, 0, 0]);
    expect(await left(kept)).toEqual([true, 0, 0]);
  });

  it('leaves an attempt alone that begins meanwhile', async () => {
    const id = await add({ ended: 101 * DAY, status: 'failed', outcomes: 2, held: 1 });
    const outcomes = host.db.getModel('userDataSyncOutcomes');
    const destroy = outcomes.destroy.bind(outcomes);
    jest.spyOn(outcomes, 'destroy').mockImplementationOnce(async (options) => {
      const count = await destroy(options);
      const again = { status: 'processing', attempt: 2, finishedAt: null };
      await host.db.getModel('userDataSyncTasks').update(again, { where: { id }, transaction: options?.transaction });
      await outcomes.create(
        { taskId: id, attempt: 2, target: 'users', uid: 'new', action: 'created' },
        { transaction: options?.transaction },
      );
      return count;
    });
    await clean();
    expect(await left(id)).toEqual([true, 1, 1]);
  });

  it('stops when it is told to, and leaves no outcome without its task', async () => {
    const id = await add({ ended: 101 * DAY, outcomes: 1200 });
    const stop = new AbortController();
    const outcomes = host.db.getModel('userDataSyncOutcomes');
    const destroy = outcomes.destroy.bind(outcomes);
    jest.spyOn(outcomes, 'destroy').mockImplementationOnce((options) => {
      stop.abort();
      return destroy(options);
    });
    expect(await cleanUp(host.db, SETTINGS, NOW, stop.signal)).toMatchObject({ outcomes: 500, tasks: 0 });
    expect(await left(id)).toEqual([true, 700, 0]);
    expect(await clean()).toMatchObject({ outcomes: 700, tasks: 1 });
  });
});

describe('every night', () => {
  const job = () => {
    const jobs = [...host.app.cronJobManager.jobs].filter(
      (one) => (one as unknown as { cronTime: { source: string } }).cronTime.source === CLEAN_UP_TIME,
    );
    expect(jobs).toHaveLength(1);
    return jobs[0];
  };
  const tick = async () => {
    job().fireOnTick();
    await host.plugin.syncService.whenIdle();
  };
  const longAgo = () => Date.now() - NOW.getTime();

  it('a job of the host waits for its time', () => {
    expect(job().running).toBe(true);
  });

  it('it goes by the settings', async () => {
    const ended = (days: number) => days * DAY - longAgo();
    await new SettingsStore(host.db).save({ ...DEFAULT_SETTINGS, outcomeDays: 3, taskDays: 5 });
    const ids = [await add({ ended: ended(2) }), await add({ ended: ended(4) }), await add({ ended: ended(6) })];
    await tick();
    expect(await Promise.all(ids.map(left))).toEqual([
      [true, 1, 0],
      [true, 0, 0],
      [false, 0, 0],
    ]);
  });

  it('one node does it, and the others leave it alone', async () => {
    const id = await add({ ended: 1000 * DAY });
    const complain = jest.spyOn(host.app.logger, 'error');
    const lock = await host.app.lockManager.tryAcquire(cleanUpLockOf(host.app));
    await tick();
    expect((await left(id))[0]).toBe(true);
    expect(complain).not.toHaveBeenCalled();
    await lock.release();
    await tick();
    expect((await left(id))[0]).toBe(false);
  });

  it('what goes wrong is logged, and tried again', async () => {
    const id = await add({ ended: 1000 * DAY });
    const complain = jest.spyOn(host.app.logger, 'error');
    jest.spyOn(host.db.getModel('userDataSyncOutcomes'), 'max').mockRejectedValueOnce(new Error('out of reach'));
    await tick();
    expect(complain).toHaveBeenCalledWith(expect.stringContaining('out of reach'));
    expect((await left(id))[0]).toBe(true);
    await tick();
    expect((await left(id))[0]).toBe(false);
  });
});
