import { randomUUID } from 'node:crypto';
import type { Database, Model } from '@nocobase/database';
import { Op, type Transaction, type WhereOptions } from 'sequelize';
import { inTransaction, isUniqueViolation } from '../database/transaction';
import { SyncError } from '../errors';
import type { PrimaryKey } from '../pipeline/contracts';
import type { SyncDataType } from '../records/types';
import { newBatch, type SyncSourceModel } from '../sources';
import { RETRYABLE, statesBefore, type TaskStatus } from './states';
import type { SyncTask, TaskEnd, TaskMode, TaskProgress, TaskStart, TaskTrigger } from './task';

/** A run says this often that it is alive, in ms. */
export const HEARTBEAT_INTERVAL = 10_000;
/** A run that has not said so for this long is gone, in ms: three missed beats. */
export const HEARTBEAT_TIMEOUT = 30_000;

/** Short runs of a source may begin and end while another one tries to begin. */
const CLAIM_ATTEMPTS = 10;

/** When a source that is busy is to be tried again, in seconds. */
const RETRY_AFTER = 10;

/** What a run was given after another one. */
export interface NewerDelivery {
  readonly id: PrimaryKey;
  readonly isFull: boolean;
  readonly dataTypes: readonly SyncDataType[];
}

/**
 * Keeps tasks in `userDataSyncTasks`: their row is all there is to know about a run.
 *
 * The database says who runs what. While a source runs, the row of its task has `runningSourceId`, which is unique, so
 * that of two runs that begin at the same moment, in whatever processes, one gets `SOURCE_BUSY`. A run has what it was
 * handed when it took the task, `claim`, and whatever it writes checks it. It says that it is alive as long as it goes
 * on; one that has not said so for `HEARTBEAT_TIMEOUT` may be given up by anybody, and writes nothing from then on.
 */
export class TaskStore {
  constructor(private readonly db: Database) {}

  /** Makes a task that is processing. Fails with `SOURCE_BUSY` while another run of the source goes on. */
  async start(source: SyncSourceModel, start: TaskStart): Promise<SyncTask> {
    const { trigger, startedBy, dryRun = false, mode = null, deletesSource = false, receivedAt = null } = start;
    return this.claim(source, startedBy, async () => {
      const now = new Date();
      const values = {
        batch: newBatch(now),
        sourceId: source.id,
        sourceName: source.name,
        ...claimOf(source, now),
        trigger,
        mode,
        dryRun,
        deletesSource,
        receivedAt,
      };
      const context = { state: { currentUser: startedBy === undefined ? undefined : { id: startedBy } } };
      const repository = this.db.getRepository('userDataSyncTasks');
      return inTransaction(
        this.db,
        async (transaction) => (await repository.create({ values, context, transaction })) as Model,
      );
    });
  }

  /** Runs a task that another plugin made for a source of its own, and that waits, or was said to be processing. */
  async adopt(source: SyncSourceModel, taskId: PrimaryKey): Promise<SyncTask> {
    const take = async () => {
      const task = await this.require(taskId, source.id);
      const status = task.get('status') as TaskStatus;
      if (status !== 'init' && status !== 'processing')
        throw new SyncError('TASK_NOT_RETRYABLE', { task: String(taskId), status });
      const attempt = attemptOf(task) + (task.get('startedAt') === null ? 0 : 1);
      const trigger: TaskTrigger = attempt > 1 ? 'retry' : 'manual';
      return this.take(task, source, { attempt, trigger, sourceName: source.name, receivedAt: null });
    };
    return this.claim(source, undefined, take, taskId);
  }

  /** Takes a task that did not succeed back to processing. */
  async restart(
    source: SyncSourceModel,
    taskId: PrimaryKey,
    startedBy?: PrimaryKey,
    from: readonly TaskStatus[] = RETRYABLE,
  ): Promise<SyncTask> {
    return this.claim(source, startedBy, async () => {
      const task = await this.require(taskId, source.id);
      const status = task.get('status') as TaskStatus;
      if (!from.includes(status)) throw new SyncError('TASK_NOT_RETRYABLE', { task: String(taskId), status });
      return this.take(task, source, { trigger: 'retry' satisfies TaskTrigger, receivedAt: null });
    });
  }

  /** Lets a blocked task go on, as another attempt of it. */
  async approve(source: SyncSourceModel, taskId: PrimaryKey, decidedById?: PrimaryKey): Promise<SyncTask> {
    return this.claim(source, decidedById, async () => {
      const task = await this.requireBlocked(taskId);
      const newer = await this.newerThan(task);
      if (newer !== undefined) throw new SyncError('TASK_OUTDATED', { task: String(taskId), newer: String(newer) });
      return this.take(task, source, { decidedById, decidedAt: new Date() });
    });
  }

  /** Ends a blocked task without writing anything, and gives back its id. */
  async reject(taskId: PrimaryKey, decidedById?: PrimaryKey): Promise<PrimaryKey> {
    const task = await this.requireBlocked(taskId);
    const id = task.get('id') as PrimaryKey;
    const { code, message } = new SyncError('REJECTED');
    const values = { status: 'canceled' satisfies TaskStatus, code, message, decidedById, decidedAt: new Date() };
    // Somebody else may have approved it meanwhile.
    const [count] = await this.model.update(
      { ...values, params: null, heldUntil: null },
      { where: { id, status: statesBefore('canceled') }, hooks: false },
    );
    if (count === 0) await this.requireBlocked(taskId);
    return id;
  }

  /** A task by its id. Fails with `TASK_NOT_FOUND`. */
  async require(taskId: PrimaryKey, sourceId?: PrimaryKey): Promise<Model> {
    const where = { id: taskId, ...(sourceId === undefined ? {} : { sourceId }) };
    const task = await this.model.findOne({ where });
    if (!task) throw new SyncError('TASK_NOT_FOUND', { task: String(taskId) });
    return task;
  }

  /** What a task is about; `undefined` when there is none. */
  async modeOf(taskId: PrimaryKey, sourceId: PrimaryKey): Promise<TaskMode | null | undefined> {
    const task = await this.model.findOne({ attributes: ['mode'], where: { id: taskId, sourceId } });
    return task?.get('mode') as TaskMode | null | undefined;
  }

  /** A task that waits for somebody. Fails with `TASK_NOT_BLOCKED`. */
  async requireBlocked(taskId: PrimaryKey): Promise<Model> {
    const task = await this.require(taskId);
    const status = task.get('status') as TaskStatus;
    if (status !== 'blocked') throw new SyncError('TASK_NOT_BLOCKED', { task: String(taskId), status });
    return task;
  }

  /**
   * The id of a task whose run has been given newer data of the same kind: applying older data over it would undo what
   * the source has said since.
   */
  async newerThan(task: Model): Promise<PrimaryKey | undefined> {
    const dataTypes = new Set(dataTypesOf(task));
    return (await this.newerDeliveries(task)).find((newer) => newer.dataTypes.some((type) => dataTypes.has(type)))?.id;
  }

  /** What the source of a task has delivered since, as far as runs have been given it; the oldest first. */
  async newerDeliveries(task: Model): Promise<NewerDelivery[]> {
    const receivedAt = (task.get('receivedAt') ?? task.get('startedAt')) as Date | null;
    if (!receivedAt) return [];
    const applied: TaskStatus[] = ['processing', 'success', 'partially_failed', 'failed'];
    const later = await this.model.findAll({
      attributes: ['id', 'mode', 'dataTypes'],
      where: {
        sourceId: task.get('sourceId') as PrimaryKey,
        id: { [Op.ne]: task.get('id') as PrimaryKey },
        receivedAt: { [Op.gt]: receivedAt },
        dryRun: false,
        status: applied,
      },
      order: ['id'],
    });
    return later.map((other) => ({
      id: other.get('id') as PrimaryKey,
      isFull: other.get('mode') === 'full',
      dataTypes: dataTypesOf(other),
    }));
  }

  /** Blocked runs of a source that goes wait for nothing any more. */
  async cancelBlocked(sourceId: PrimaryKey): Promise<void> {
    await this.cancel({ sourceId }, new SyncError('REJECTED'));
  }

  /**
   * Ends older blocked runs of the source of a task that is held now, where they were delivered data of the same kind.
   * Gives back their ids. A purge replaces no delivery, and no delivery replaces a purge.
   */
  async supersede({ id, sourceId }: Pick<SyncTask, 'id' | 'sourceId'>): Promise<PrimaryKey[]> {
    const task = await this.require(id);
    if (task.get('mode') === 'purge') return [];
    const receivedAt = task.get('receivedAt') as Date;
    const waiting = await this.model.findAll({
      attributes: ['id', 'dataTypes'],
      where: {
        sourceId,
        id: { [Op.ne]: id },
        status: 'blocked',
        mode: { [Op.ne]: 'purge' },
        receivedAt: { [Op.lte]: receivedAt },
      },
    });
    const dataTypes = new Set(dataTypesOf(task));
    const older = waiting.filter((other) => dataTypesOf(other).some((type) => dataTypes.has(type)));
    const ids = older.map((other) => other.get('id') as PrimaryKey);
    if (ids.length > 0) await this.cancel({ id: ids }, new SyncError('SUPERSEDED', { newer: String(id) }));
    return ids;
  }

  /** Fails with `SOURCE_BUSY` while a run of the source goes on, other than that of one task. */
  async requireIdle(source: SyncSourceModel, except?: PrimaryKey): Promise<void> {
    const running = await this.runningOf(source);
    if (!running || running.get('id') === except) return;
    const taskId = running.get('id') as PrimaryKey;
    const params = { source: source.name, task: String(taskId) };
    throw new SyncError('SOURCE_BUSY', params, { answer: { taskId, retryAfter: RETRY_AFTER } });
  }

  async saveProgress(task: SyncTask, progress: TaskProgress): Promise<void> {
    await this.model.update({ ...progress, heartbeatAt: new Date() }, { where: this.own(task), hooks: false });
  }

  /** Says that a run goes on. Gives back whether it is still the one that has the task. */
  async beat(task: SyncTask): Promise<boolean> {
    const [count] = await this.model.update({ heartbeatAt: new Date() }, { where: this.own(task), hooks: false });
    return count > 0;
  }

  /**
   * Fails with `INTERRUPTED` when somebody else has taken the task over; until the transaction ends, nobody can. Whatever
   * a run writes is written together with this.
   */
  async hold(task: SyncTask, transaction: Transaction): Promise<void> {
    const where = this.own(task);
    if (!(await this.model.findOne({ attributes: ['id'], where, transaction, lock: transaction.LOCK.UPDATE })))
      throw new SyncError('INTERRUPTED');
  }

  /** Ends a run, unless somebody has given it up already. */
  async finish(task: SyncTask, end: TaskEnd, progress: TaskProgress, startedAt: number): Promise<void> {
    const finishedAt = new Date();
    const { status, code = null, message = '', params = null, heldUntil = null } = end;
    await this.model.update(
      {
        ...progress,
        ...UNCLAIMED,
        status,
        code,
        message,
        params,
        heldUntil,
        finishedAt,
        cost: finishedAt.getTime() - startedAt,
      },
      { where: { ...this.own(task), status: statesBefore(status) }, hooks: false },
    );
  }

  /** Fails tasks whose run is gone: those without a sign of life for `HEARTBEAT_TIMEOUT`. Gives back how many. */
  async failInterrupted(): Promise<number> {
    return this.giveUp({ status: 'processing', heartbeatAt: { [Op.or]: [null, { [Op.lt]: lastSign() }] } });
  }

  private async giveUp(where: WhereOptions): Promise<number> {
    // An UPDATE of nothing takes SQLite's write lock all the same, and what somebody is saving at that moment fails.
    if (!(await this.model.findOne({ attributes: ['id'], where }))) return 0;
    const { code, message } = new SyncError('INTERRUPTED');
    const status: TaskStatus = 'failed';
    const [count] = await this.model.update(
      { ...UNCLAIMED, status, code, message, finishedAt: new Date() },
      { where, hooks: false },
    );
    return count;
  }

  /** Ends blocked runs that nobody has decided about; what they spoke of counts no more. */
  private async cancel(which: WhereOptions, { code, message, params }: SyncError): Promise<number> {
    const [count] = await this.model.update(
      { status: 'canceled' satisfies TaskStatus, code, message, params, heldUntil: null },
      { where: { [Op.and]: [which, { status: 'blocked' }] }, hooks: false },
    );
    return count;
  }

  /** Takes a task for a source that nobody runs; `idle` is a task that is processing and that nobody runs. */
  private async claim(
    source: SyncSourceModel,
    startedBy: PrimaryKey | undefined,
    take: () => Promise<Model>,
    idle?: PrimaryKey,
  ): Promise<SyncTask> {
    const task = await this.takeFreed(source, take, idle);
    return {
      id: task.get('id') as PrimaryKey,
      claim: task.get('claim') as string,
      batch: task.get('batch') as string,
      sourceId: source.id,
      sourceName: source.name,
      sourceType: source.sourceType,
      attempt: attemptOf(task),
      startedBy,
      dryRun: Boolean(task.get('dryRun')),
      mode: task.get('mode') as TaskMode | null,
      deletesSource: Boolean(task.get('deletesSource')),
    };
  }

  private async takeFreed(source: SyncSourceModel, take: () => Promise<Model>, idle?: PrimaryKey): Promise<Model> {
    for (let attempt = 1; ; attempt += 1) {
      await this.requireIdle(source, idle);
      await this.freeOfGone(source);
      try {
        return await take();
      } catch (error) {
        // Somebody else was faster; by now that run may be over.
        if (!isUniqueViolation(error) || attempt === CLAIM_ATTEMPTS) throw error;
      }
    }
  }

  /** Makes a task that is there processing, as another attempt, unless it has changed since it was read. */
  private async take(task: Model, source: SyncSourceModel, values: Record<string, unknown>): Promise<Model> {
    const taken = { ...newAttempt(task), ...claimOf(source), ...values };
    const id = task.get('id') as PrimaryKey;
    const asRead = { id, status: task.get('status') as TaskStatus, attempt: task.get('attempt') as number | null };
    const [count] = await this.model.update(taken, { where: asRead, hooks: false });
    if (count === 0) {
      await this.requireIdle(source);
      const now = String((await this.require(id)).get('status'));
      throw new SyncError('TASK_NOT_RETRYABLE', { task: String(id), status: now });
    }
    return task.set(taken);
  }

  /** The key of a source whose run has gone, or was said to have ended by somebody else, is given back. */
  private async freeOfGone({ id }: SyncSourceModel): Promise<void> {
    const runningSourceId = id;
    await this.giveUp({ runningSourceId, status: 'processing', heartbeatAt: { [Op.lt]: lastSign() } });
    const ended = { runningSourceId, status: { [Op.ne]: 'processing' } };
    if (await this.model.findOne({ attributes: ['id'], where: ended }))
      await this.model.update(UNCLAIMED, { where: ended, hooks: false });
  }

  private async runningOf(source: SyncSourceModel): Promise<Model | null> {
    return this.model.findOne({
      attributes: ['id'],
      where: { sourceId: source.id, status: 'processing', heartbeatAt: { [Op.gte]: lastSign() } },
    });
  }

  /** The row of a run that nobody has taken over. */
  private own({ id, claim }: SyncTask) {
    return { id, claim, status: 'processing' };
  }

  private get model() {
    return this.db.getModel<Model>('userDataSyncTasks');
  }
}

/** Who has not said since then that it is alive is gone. */
const lastSign = () => new Date(Date.now() - HEARTBEAT_TIMEOUT);

/** What the row of a task has while it runs, and nobody else may run the source. */
const claimOf = (source: SyncSourceModel, now = new Date()) => ({
  status: 'processing' satisfies TaskStatus,
  runningSourceId: source.id,
  claim: randomUUID(),
  startedAt: now,
  heartbeatAt: now,
});

/** The end of a run gives its source back. */
const UNCLAIMED = { runningSourceId: null, claim: null };

/** What a task that runs again forgets of the attempt before. */
function newAttempt(task: Model) {
  return {
    attempt: attemptOf(task) + 1,
    finishedAt: null,
    heldUntil: null,
    cost: null,
    code: null,
    params: null,
    message: '',
    done: 0,
    total: 0,
    counts: null,
  };
}

const attemptOf = (task: Model) => (task.get('attempt') as number | null) ?? 1;

const dataTypesOf = (task: Model) => (task.get('dataTypes') as SyncDataType[] | null) ?? [];
