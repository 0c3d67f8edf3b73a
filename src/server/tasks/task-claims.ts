import { randomUUID } from 'node:crypto';
import type { Database, Model } from '@nocobase/database';
import { Op, type Transaction, type WhereOptions } from 'sequelize';
import type { TaskStatus, TaskKind, TaskMode } from '../../common/tasks';
import { isUniqueViolation } from '../database/faults';
import { fromJsonColumn } from '../database/json-column';
import { SyncError } from '../errors';
import type { PrimaryKey } from '../model/primary-key';
import type { SyncSourceModel } from '../sources';
import type { EarlierAttempt, SyncTask } from './task';

/** A run says this often that it is alive, in ms. */
export const HEARTBEAT_INTERVAL = 10_000;
/** A run that has not said so for this long is gone, in ms: three missed beats. */
export const HEARTBEAT_TIMEOUT = 30_000;

/** Short runs of a source may begin and end while another one tries to begin. */
const CLAIM_ATTEMPTS = 10;

/** A run that is lost more often is not run once more: it may be what ends the processes. */
const MAX_TAKEOVERS = 3;

/** When a source that is busy is to be tried again, in seconds. */
const RETRY_AFTER = 10;

/** Who has not said since then that it is alive is gone. */
const lastSign = () => new Date(Date.now() - HEARTBEAT_TIMEOUT);

/** What the row of a task has while it waits to be run, and nobody else may run the source. */
export const reservationOf = (source: SyncSourceModel, now = new Date()) => ({
  status: 'init' satisfies TaskStatus,
  runningSourceId: source.id,
  claim: null,
  startedAt: null,
  heartbeatAt: now,
});

/** What it has while it runs. */
export const claimOf = (now = new Date()) => ({
  status: 'processing' satisfies TaskStatus,
  claim: randomUUID(),
  startedAt: now,
  heartbeatAt: now,
});

/** The end of a run gives its source back. */
export const UNCLAIMED = { runningSourceId: null, claim: null };

/** So many earlier attempts of a task are kept. */
const MAX_EARLIER_ATTEMPTS = 20;

/** What a task that runs again keeps of its attempts before, and what it forgets of the last one. */
function newAttempt(task: Model, end: Pick<EarlierAttempt, 'status' | 'code'>) {
  const ended: EarlierAttempt = {
    attempt: attemptOf(task),
    startedAt: task.get('startedAt') as Date | null,
    finishedAt: task.get('finishedAt') as Date | null,
    counts: (fromJsonColumn(task.get('counts')) ?? null) as EarlierAttempt['counts'],
    ...end,
  };
  const earlier = (fromJsonColumn(task.get('earlierAttempts')) ?? []) as readonly EarlierAttempt[];
  return {
    attempt: attemptOf(task) + 1,
    earlierAttempts: [...earlier, ended].slice(-MAX_EARLIER_ATTEMPTS),
    finishedAt: null,
    heldUntil: null,
    cost: null,
    code: null,
    params: null,
    message: '',
    done: 0,
    total: 0,
    counts: null,
    takeovers: 0,
  };
}

/** What decides whether a run can go on in another process. */
const TO_GO_ON = [
  ...['id', 'attempt', 'claim', 'kind', 'baseAttempt', 'takeovers', 'runningSourceId'],
  ...['startedAt', 'finishedAt', 'counts', 'earlierAttempts'],
];

/**
 * What a task gets that goes on in another process: it builds on the removals that its attempt before was allowed to make,
 * if somebody had approved them. Its sign of life is so old that whoever looks next finds it.
 */
function handedOn(task: Model) {
  const kind = task.get('kind') as TaskKind;
  return {
    ...newAttempt(task, { status: 'failed', code: 'INTERRUPTED' }),
    status: 'init' satisfies TaskStatus,
    claim: null,
    startedAt: null,
    heartbeatAt: new Date(0),
    kind: kind === 'purge' ? kind : ('delivery' satisfies TaskKind),
    baseAttempt: kind === 'failedRecords' ? null : (task.get('baseAttempt') as number | null),
    takeovers: Number(task.get('takeovers') ?? 0) + 1,
  };
}

/** A task as its run knows it. */
export const taskOf = (row: Model, { sourceType }: SyncSourceModel): SyncTask => ({
  id: row.get('id') as PrimaryKey,
  claim: row.get('claim') as string,
  batch: row.get('batch') as string,
  sourceId: row.get('sourceId') as PrimaryKey,
  sourceName: row.get('sourceName') as string,
  sourceType,
  attempt: attemptOf(row),
  kind: row.get('kind') as TaskKind | null,
  request: fromJsonColumn(row.get('request')) ?? {},
  baseAttempt: row.get('baseAttempt') as number | null,
  receivedAt: row.get('receivedAt') as Date | null,
  dryRun: Boolean(row.get('dryRun')),
  mode: row.get('mode') as TaskMode | null,
  deletesSource: Boolean(row.get('deletesSource')),
});

export const attemptOf = (task: Model) => (task.get('attempt') as number | null) ?? 1;

/**
 * Who runs what; the database says it. From when it waits until it ends, the row of a task has `runningSourceId`, which
 * is unique, so that of two runs that begin at the same moment, in whatever processes, one gets `SOURCE_BUSY`. Any
 * process may claim a task that waits: one conditional UPDATE hands out `claim`, and whatever the run writes checks it.
 * It says that it is alive as long as it goes on; one that has not said so for `HEARTBEAT_TIMEOUT` may be given up by
 * anybody, and writes nothing from then on: it waits to be run again from what it had received, or has failed when that
 * was not all of it. A task that waits for as long is forgotten, and may be run by anybody.
 */
export class TaskClaims {
  constructor(
    private readonly db: Database,
    /** Whether everything that a task has received is kept. */
    private readonly isReceived: (taskId: PrimaryKey) => Promise<boolean>,
  ) {}

  /** Reserves a source that nobody runs for the task that `take` makes; `idle` is a task that nobody runs. */
  async reserve(source: SyncSourceModel, take: () => Promise<Model>, idle?: PrimaryKey): Promise<Model> {
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

  /** Takes a task that waits, as it was read, to run it. Gives back whether nobody else has. */
  async claim(task: Model): Promise<boolean> {
    const taken = claimOf();
    const where = {
      id: task.get('id') as PrimaryKey,
      status: 'init' satisfies TaskStatus,
      runningSourceId: { [Op.ne]: null },
      attempt: task.get('attempt') as number | null,
    };
    const [count] = await this.model.update(taken, { where, hooks: false });
    task.set(taken);
    return count > 0;
  }

  /** Tasks that wait, and that no process has remembered to run. */
  async forgotten(): Promise<{ readonly id: PrimaryKey; readonly sourceName: string }[]> {
    const where = {
      status: 'init' satisfies TaskStatus,
      runningSourceId: { [Op.ne]: null },
      heartbeatAt: { [Op.lt]: lastSign() },
    };
    const rows = await this.model.findAll({ attributes: ['id', 'sourceName'], where, order: ['id'] });
    return rows.map((row) => ({ id: row.get('id') as PrimaryKey, sourceName: row.get('sourceName') as string }));
  }

  /** Has a task that is there wait for another attempt, unless it has changed since it was read. */
  async requeue(task: Model, source: SyncSourceModel, values: Record<string, unknown>): Promise<Model> {
    const end = { status: task.get('status') as TaskStatus, code: task.get('code') as string | null };
    const taken = { ...newAttempt(task, end), ...reservationOf(source), ...values };
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
    const ended = { runningSourceId, status: { [Op.notIn]: ['init', 'processing'] } };
    if (await this.model.findOne({ attributes: ['id'], where: ended }))
      await this.model.update(UNCLAIMED, { where: ended, hooks: false });
  }

  private async runningOf(source: SyncSourceModel): Promise<Model | null> {
    return this.model.findOne({
      attributes: ['id'],
      where: {
        [Op.or]: [
          { sourceId: source.id, status: 'processing', heartbeatAt: { [Op.gte]: lastSign() } },
          { runningSourceId: source.id, status: 'init' },
        ],
      },
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

  /**
   * Gives up runs without a sign of life for `HEARTBEAT_TIMEOUT`: those that can go on wait to be run by anybody, the
   * others fail with `INTERRUPTED`.
   */
  async giveUpLost(): Promise<void> {
    await this.giveUp({ status: 'processing', heartbeatAt: { [Op.or]: [null, { [Op.lt]: lastSign() }] } });
  }

  /** Leaves a run to another process, if it can go on there. Gives back whether it does. */
  async handOn(task: SyncTask): Promise<boolean> {
    const where = this.own(task);
    const row = await this.model.findOne({ attributes: TO_GO_ON, where });
    if (!row || !(await this.canGoOn(row))) return false;
    const [count] = await this.model.update(handedOn(row), { where, hooks: false });
    return count > 0;
  }

  private async giveUp(where: WhereOptions): Promise<void> {
    for (const row of await this.model.findAll({ attributes: TO_GO_ON, where, order: ['id'] })) {
      const { code, message } = new SyncError('INTERRUPTED');
      const failed = { ...UNCLAIMED, status: 'failed', code, message, finishedAt: new Date() } as const;
      // Whoever has given it up first has changed it.
      const asRead = {
        [Op.and]: [where, { id: row.get('id') as PrimaryKey, claim: row.get('claim') as string | null }],
      };
      await this.model.update((await this.canGoOn(row)) ? handedOn(row) : failed, { where: asRead, hooks: false });
    }
  }

  private async canGoOn(task: Model): Promise<boolean> {
    const isClaimed = task.get('runningSourceId') !== null && task.get('kind') !== null;
    if (!isClaimed || Number(task.get('takeovers') ?? 0) >= MAX_TAKEOVERS) return false;
    return task.get('kind') === ('purge' satisfies TaskKind) || (await this.isReceived(task.get('id') as PrimaryKey));
  }

  private get model() {
    return this.db.getModel<Model>('userDataSyncTasks');
  }
}
