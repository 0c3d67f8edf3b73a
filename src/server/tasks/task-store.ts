import { randomInt } from 'node:crypto';
import type { Database, Model } from '@nocobase/database';
import { Op } from 'sequelize';
import { inTransaction } from '../database/transaction';
import { SyncError } from '../errors';
import type { PrimaryKey } from '../pipeline/contracts';
import type { SyncSourceModel } from '../sources';
import { RETRYABLE, statesBefore, type TaskStatus } from './states';
import type { SyncTask, TaskEnd, TaskProgress, TaskTrigger } from './task';

/** A run says this often that it is alive, in ms. */
export const HEARTBEAT_INTERVAL = 10_000;
/** A run that has not said so for this long is gone, in ms: three missed beats. */
export const HEARTBEAT_TIMEOUT = 30_000;

/** Runs one piece of work at a time for each key, in the whole cluster; the host's lock manager. */
export interface Locks {
  runExclusive<T>(key: string, work: () => Promise<T>, ttl?: number): Promise<T>;
}

/** Keeps tasks in `userDataSyncTasks`: their row is all there is to know about a run. */
export class TaskStore {
  constructor(
    private readonly db: Database,
    private readonly locks: Locks,
  ) {}

  /** Makes a task that is processing. Fails with `SOURCE_BUSY` while another run of the source goes on. */
  async start(source: SyncSourceModel, trigger: TaskTrigger, startedBy?: PrimaryKey): Promise<SyncTask> {
    return this.claim(source, startedBy, async () => {
      const now = new Date();
      const values = {
        batch: newBatch(now),
        sourceId: source.id,
        status: 'processing' satisfies TaskStatus,
        trigger,
        mode: 'delta',
        startedAt: now,
        heartbeatAt: now,
      };
      const context = { state: { currentUser: startedBy === undefined ? undefined : { id: startedBy } } };
      const repository = this.db.getRepository('userDataSyncTasks');
      return inTransaction(
        this.db,
        async (transaction) => (await repository.create({ values, context, transaction })) as Model,
      );
    });
  }

  /** Takes a task that did not succeed back to processing. */
  async restart(source: SyncSourceModel, taskId: PrimaryKey, startedBy?: PrimaryKey): Promise<SyncTask> {
    return this.claim(source, startedBy, async () => {
      const task = await this.model.findOne({ where: { id: taskId, sourceId: source.id } });
      if (!task) throw new SyncError('TASK_NOT_FOUND', { task: String(taskId) });
      const status = task.get('status') as TaskStatus;
      if (!RETRYABLE.includes(status)) throw new SyncError('TASK_NOT_RETRYABLE', { task: String(taskId), status });
      const now = new Date();
      await task.update({
        status: 'processing' satisfies TaskStatus,
        trigger: 'retry' satisfies TaskTrigger,
        attempt: ((task.get('attempt') as number | null) ?? 1) + 1,
        startedAt: now,
        heartbeatAt: now,
        finishedAt: null,
        cost: null,
        code: null,
        params: null,
        message: '',
        done: 0,
        total: 0,
        counts: null,
      });
      return task;
    });
  }

  async saveProgress(task: SyncTask, progress: TaskProgress): Promise<void> {
    await this.model.update({ ...progress, heartbeatAt: new Date() }, { where: this.own(task), hooks: false });
  }

  async beat(task: SyncTask): Promise<void> {
    await this.model.update({ heartbeatAt: new Date() }, { where: this.own(task), hooks: false });
  }

  /** Ends a run, unless somebody has given it up already. */
  async finish(task: SyncTask, end: TaskEnd, progress: TaskProgress, startedAt: number): Promise<void> {
    const finishedAt = new Date();
    const { status, code = null, message = '', params = null } = end;
    await this.model.update(
      { ...progress, status, code, message, params, finishedAt, cost: finishedAt.getTime() - startedAt },
      { where: { ...this.own(task), status: statesBefore(status) }, hooks: false },
    );
  }

  /**
   * Fails tasks whose run is gone: those without a sign of life for `HEARTBEAT_TIMEOUT`, or all that are processing when
   * this is the only node and nothing runs on it yet.
   */
  async failInterrupted(scope: 'silent' | 'all'): Promise<number> {
    const error = new SyncError('INTERRUPTED');
    const silent = { [Op.or]: [null, { [Op.lt]: new Date(Date.now() - HEARTBEAT_TIMEOUT) }] };
    const [count] = await this.model.update(
      { status: 'failed' satisfies TaskStatus, code: error.code, message: error.message, finishedAt: new Date() },
      { where: { status: 'processing', ...(scope === 'all' ? {} : { heartbeatAt: silent }) }, hooks: false },
    );
    return count;
  }

  private async claim(
    source: SyncSourceModel,
    startedBy: PrimaryKey | undefined,
    take: () => Promise<Model>,
  ): Promise<SyncTask> {
    const task = await this.locks.runExclusive(
      `user-data-sync:source:${source.id}`,
      async () => {
        const alive = { [Op.gte]: new Date(Date.now() - HEARTBEAT_TIMEOUT) };
        const running = await this.model.findOne({
          attributes: ['id'],
          where: { sourceId: source.id, status: 'processing', heartbeatAt: alive },
        });
        if (running) throw new SyncError('SOURCE_BUSY', { source: source.name, task: String(running.get('id')) });
        return take();
      },
      HEARTBEAT_TIMEOUT,
    );
    return {
      id: task.get('id') as PrimaryKey,
      batch: task.get('batch') as string,
      sourceId: source.id,
      sourceName: source.name,
      sourceType: source.sourceType,
      attempt: (task.get('attempt') as number | null) ?? 1,
      startedBy,
    };
  }

  /** The row of a run that nobody has taken over: another attempt has another number. */
  private own(task: SyncTask) {
    return { id: task.id, attempt: task.attempt, status: 'processing' };
  }

  private get model() {
    return this.db.getModel('userDataSyncTasks');
  }
}

/** Time and chance, so that it sorts by time and is unique. */
function newBatch(now: Date): string {
  return `${now.toISOString().replace(/\D/g, '').slice(0, 14)}${randomInt(100_000, 1_000_000)}`;
}
