import { randomUUID } from 'node:crypto';
import type { Database, Model } from '@nocobase/database';
import { Op, type Transaction, type WhereOptions } from 'sequelize';
import { isUniqueViolation } from '../database/transaction';
import { SyncError } from '../errors';
import type { PrimaryKey } from '../pipeline/contracts';
import type { SyncSourceModel } from '../sources';
import type { TaskStatus } from './states';
import type { SyncTask, TaskMode } from './task';

/** A run says this often that it is alive, in ms. */
export const HEARTBEAT_INTERVAL = 10_000;
/** A run that has not said so for this long is gone, in ms: three missed beats. */
export const HEARTBEAT_TIMEOUT = 30_000;

/** Short runs of a source may begin and end while another one tries to begin. */
const CLAIM_ATTEMPTS = 10;

/** When a source that is busy is to be tried again, in seconds. */
const RETRY_AFTER = 10;

/** Who has not said since then that it is alive is gone. */
const lastSign = () => new Date(Date.now() - HEARTBEAT_TIMEOUT);

/** What the row of a task has while it runs, and nobody else may run the source. */
export const claimOf = (source: SyncSourceModel, now = new Date()) => ({
  status: 'processing' satisfies TaskStatus,
  runningSourceId: source.id,
  claim: randomUUID(),
  startedAt: now,
  heartbeatAt: now,
});

/** The end of a run gives its source back. */
export const UNCLAIMED = { runningSourceId: null, claim: null };

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

export const attemptOf = (task: Model) => (task.get('attempt') as number | null) ?? 1;

/**
 * Who runs what; the database says it. While a source runs, the row of its task has `runningSourceId`, which is unique,
 * so that of two runs that begin at the same moment, in whatever processes, one gets `SOURCE_BUSY`. A run has what it was
 * handed when it took the task, `claim`, and whatever it writes checks it. It says that it is alive as long as it goes
 * on; one that has not said so for `HEARTBEAT_TIMEOUT` may be given up by anybody, and writes nothing from then on.
 */
export class TaskClaims {
  constructor(private readonly db: Database) {}

  /** Takes a task for a source that nobody runs; `idle` is a task that is processing and that nobody runs. */
  async claim(
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
      try {
        return await take();
      } catch (error) {
        // Somebody else was faster, and may be over by now; or it has gone without giving its source back.
        if (!isUniqueViolation(error) || attempt === CLAIM_ATTEMPTS) throw error;
        await this.freeOfGone(source);
      }
    }
  }

  /** Makes a task that is there processing, as another attempt, unless it has changed since it was read. */
  async take(task: Model, source: SyncSourceModel, values: Record<string, unknown>): Promise<Model> {
    const taken = { ...newAttempt(task), ...claimOf(source), ...values };
    const id = task.get('id') as PrimaryKey;
    const asRead = { id, status: task.get('status') as TaskStatus, attempt: task.get('attempt') as number | null };
    const [count] = await this.model.update(taken, { where: asRead, hooks: false });
    if (count === 0) {
      await this.requireIdle(source);
      const now = String((await this.model.findByPk(id))?.get('status'));
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

  /** Finds the row of a run that nobody has taken over. */
  own({ id, claim }: SyncTask) {
    return { id, claim, status: 'processing' };
  }

  /** Fails with `SOURCE_BUSY` while a run of the source goes on, other than that of one task. */
  async requireIdle(source: SyncSourceModel, except?: PrimaryKey): Promise<void> {
    const running = await this.runningOf(source);
    if (!running || running.get('id') === except) return;
    const taskId = running.get('id') as PrimaryKey;
    const params = { source: source.name, task: String(taskId) };
    throw new SyncError('SOURCE_BUSY', params, { answer: { taskId, retryAfter: RETRY_AFTER } });
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

  private get model() {
    return this.db.getModel<Model>('userDataSyncTasks');
  }
}
