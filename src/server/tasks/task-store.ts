import type { Database, Model } from '@nocobase/database';
import { Op, type Transaction, type WhereOptions } from 'sequelize';
import type { SyncDataType } from '../../common/records';
import type { TaskStatus, TaskKind, TaskMode, TaskTrigger } from '../../common/tasks';
import { inTransaction } from '../database/transaction';
import { SyncError } from '../errors';
import type { PrimaryKey } from '../model/primary-key';
import type { RunRequest } from '../model/run-request';
import { newBatchName, type SyncSourceModel } from '../sources';
import { RETRYABLE, statesBefore } from './states';
import type { SyncTask, TaskEnd, TaskProgress, TaskStart } from './task';
import { attemptOf, claimOf, reservationOf, TaskClaims, taskOf, UNCLAIMED } from './task-claims';

/** What a run was given after another one. */
export interface NewerDelivery {
  readonly id: PrimaryKey;
  readonly isFull: boolean;
  readonly dataTypes: readonly SyncDataType[];
}

/** Keeps tasks in `userDataSyncTasks`: their row is all there is to know about a run. */
export class TaskStore {
  /** Who runs what. */
  readonly claims: TaskClaims;

  /** `isReceived`: whether everything that a task has received is kept. */
  constructor(
    private readonly db: Database,
    isReceived: (taskId: PrimaryKey) => Promise<boolean>,
  ) {
    this.claims = new TaskClaims(db, isReceived);
  }

  /** Makes a task that waits to be run. Fails with `SOURCE_BUSY` while another run of the source waits or goes on. */
  async queue(source: SyncSourceModel, start: TaskStart): Promise<PrimaryKey> {
    return idOf(await this.make(source, start, reservationOf(source)));
  }

  /** Makes a task that is processing at once, for a run of this process. Fails with `SOURCE_BUSY`, as `queue` does. */
  async start(source: SyncSourceModel, start: TaskStart): Promise<SyncTask> {
    return taskOf(await this.make(source, start, { ...reservationOf(source), ...claimOf() }), source);
  }

  private make(source: SyncSourceModel, start: TaskStart, reservation: object): Promise<Model> {
    const {
      kind,
      trigger,
      request = {},
      dryRun = false,
      mode = null,
      deletesSource = false,
      receivedAt = null,
    } = start;
    return this.claims.reserve(source, async () => {
      const values = {
        batch: newBatchName(),
        sourceId: source.id,
        sourceName: source.name,
        ...reservation,
        kind,
        request,
        trigger,
        mode,
        dryRun,
        deletesSource,
        receivedAt,
      };
      const { userId } = request;
      const context = { state: { currentUser: userId === undefined ? undefined : { id: userId } } };
      const repository = this.db.getRepository('userDataSyncTasks');
      return inTransaction(
        this.db,
        async (transaction) => (await repository.create({ values, context, transaction })) as Model,
      );
    });
  }

  /** Takes a task that waits. Gives nothing when somebody else has. Fails with `TASK_NOT_FOUND`, `SOURCE_NOT_FOUND`. */
  async claim(
    taskId: PrimaryKey,
    sourceById: (id: PrimaryKey) => Promise<SyncSourceModel>,
  ): Promise<{ readonly task: SyncTask; readonly source: SyncSourceModel } | undefined> {
    // Nothing is read after the claim: should that fail, nobody would run what has been claimed.
    const row = await this.require(taskId);
    const source = await sourceById(row.get('sourceId') as PrimaryKey);
    return (await this.claims.claim(row)) ? { task: taskOf(row, source), source } : undefined;
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
      const values = { attempt, trigger, sourceName: source.name, receivedAt: null };
      return this.claims.requeue(task, source, { ...claimOf(), ...values });
    };
    return taskOf(await this.claims.reserve(source, take, taskId), source);
  }

  /** Has a task that did not succeed wait for another attempt, which does `kind`. */
  async restart(
    source: SyncSourceModel,
    taskId: PrimaryKey,
    {
      kind,
      request,
      from = RETRYABLE,
    }: Pick<TaskStart, 'kind' | 'request'> & { readonly from?: readonly TaskStatus[] },
  ): Promise<PrimaryKey> {
    const take = async () => {
      const task = await this.require(taskId, source.id);
      const status = task.get('status') as TaskStatus;
      if (!from.includes(status)) throw new SyncError('TASK_NOT_RETRYABLE', { task: String(taskId), status });
      const trigger: TaskTrigger = 'retry';
      const isAgain = kind === 'failedRecords';
      const baseAttempt = isAgain ? attemptOf(task) : null;
      // What runs again is what was received then, as far as newer deliveries are concerned.
      const received = isAgain ? {} : { receivedAt: null };
      return this.claims.requeue(task, source, { kind, request: request ?? {}, trigger, baseAttempt, ...received });
    };
    return idOf(await this.claims.reserve(source, take));
  }

  /** Lets a blocked task go on, as another attempt of it. */
  async approve(source: SyncSourceModel, taskId: PrimaryKey, request: RunRequest): Promise<PrimaryKey> {
    const take = async () => {
      const task = await this.requireBlocked(taskId);
      const newer = await this.newerThan(task);
      if (newer !== undefined) throw new SyncError('TASK_OUTDATED', { task: String(taskId), newer: String(newer) });
      const kind: TaskKind = task.get('mode') === 'purge' ? 'purge' : 'delivery';
      const decision = { decidedById: request.userId, decidedAt: new Date() };
      return this.claims.requeue(task, source, { kind, request, baseAttempt: attemptOf(task), ...decision });
    };
    return idOf(await this.claims.reserve(source, take));
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
    const applied: TaskStatus[] = ['init', 'processing', 'success', 'partially_failed', 'failed'];
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
  async cancelBlocked(sourceId: PrimaryKey, transaction: Transaction): Promise<void> {
    await this.cancel({ sourceId }, new SyncError('REJECTED'), transaction);
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

  async saveProgress(task: SyncTask, progress: TaskProgress): Promise<void> {
    await this.model.update({ ...progress, heartbeatAt: new Date() }, { where: this.claims.own(task), hooks: false });
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
      { where: { ...this.claims.own(task), status: statesBefore(status) }, hooks: false },
    );
  }

  /** Ends blocked runs that nobody has decided about; what they spoke of counts no more. */
  private async cancel(
    which: WhereOptions,
    { code, message, params }: SyncError,
    transaction?: Transaction,
  ): Promise<number> {
    const [count] = await this.model.update(
      { status: 'canceled' satisfies TaskStatus, code, message, params, heldUntil: null },
      { where: { [Op.and]: [which, { status: 'blocked' }] }, hooks: false, transaction },
    );
    return count;
  }

  private get model() {
    return this.db.getModel<Model>('userDataSyncTasks');
  }
}

const idOf = (task: Model) => task.get('id') as PrimaryKey;
const dataTypesOf = (task: Model) => (task.get('dataTypes') as SyncDataType[] | null) ?? [];
