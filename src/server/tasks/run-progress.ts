import type { TargetCounts } from '../../common/outcomes';
import type { DeliveryMode } from '../../common/records';
import type { TaskMode } from '../../common/tasks';
import { onceReachable } from '../database/transaction';
import type { RecordSet } from '../deliveries';
import { SyncError } from '../errors';
import { type CountedResult, addCounts } from '../pipeline/report';
import type { Announce } from './announce';
import type { OutcomeLog } from './outcome-log';
import type { DoneStatus, RunResult, SyncTask, TaskEnd, TaskProgress } from './task';
import { HEARTBEAT_INTERVAL } from './task-claims';
import type { TaskStore } from './task-store';

/** Progress is written and announced at most this often, in ms. */
const SAVE_INTERVAL = 500;

/** A database that is out of reach for a moment hears the next one. */
const NEXT_BEAT = () => undefined;

/** Keeps a task's row and its watchers informed about its run, which has to be ended in every case. */
export class RunProgress {
  private readonly startedAt = Date.now();
  private readonly counts: Record<string, TargetCounts> = {};
  private readonly heartbeat: NodeJS.Timeout;
  private savedAt = this.startedAt;
  private done = 0;
  private total = 0;
  private heard = false;
  private mode: TaskMode | null;
  private received: Pick<TaskProgress, 'dataTypes' | 'matchKey' | 'receivedAt'> = {
    dataTypes: null,
    matchKey: null,
    receivedAt: null,
  };

  constructor(
    private readonly task: SyncTask,
    private readonly outcomes: OutcomeLog,
    private readonly tasks: TaskStore,
    private readonly announce: Announce,
    /** Aborted when somebody else has taken the task over, and when the process stops. */
    private readonly ending: AbortController,
    private readonly onEnd?: (end: RunResult) => Promise<void>,
  ) {
    this.mode = task.mode;
    this.heartbeat = setInterval(() => {
      tasks.claims.beat(task).then((isOurs) => isOurs || ending.abort(new SyncError('INTERRUPTED')), NEXT_BEAT);
    }, HEARTBEAT_INTERVAL);
  }

  /** More records have come, or are found missing. */
  expect(records: number): void {
    this.total += records;
  }

  /** A part of a delivery has come: one that is full makes the run a full one, also when a later part never comes. */
  hear(mode: DeliveryMode): void {
    if (!this.heard || mode === 'full') this.mode = mode;
    this.heard = true;
  }

  /**
   * Everything has come; `receivedAt` says when, which may have been before this run. Failed records that run again are
   * some of what was delivered then, so the mode stays as it is.
   */
  receive(recordSets: readonly RecordSet[], receivedAt: Date): void {
    this.mode ??= recordSets.some(({ mode }) => mode === 'full') ? 'full' : 'delta';
    this.received = {
      dataTypes: [...new Set(recordSets.map(({ dataType }) => dataType))],
      matchKey: recordSets.find(({ matchKey }) => matchKey !== undefined)?.matchKey ?? null,
      receivedAt,
    };
  }

  count(results: readonly CountedResult[]): void {
    addCounts(this.counts, results);
  }

  /** So many records have been dealt with since the last call. */
  async advance(records: number): Promise<void> {
    this.done += records;
    await this.outcomes.flush();
    if (Date.now() - this.savedAt < SAVE_INTERVAL) return;
    this.savedAt = Date.now();
    await this.tasks.saveProgress(this.task, this.now());
    this.announce(this.task, 'processing');
  }

  /** A run whose records all failed did not succeed in part, but it did not break either. */
  async complete(note: Omit<TaskEnd, 'status'> = {}): Promise<DoneStatus> {
    await this.outcomes.flush();
    this.done = this.total;
    const failed = Object.values(this.counts).reduce((sum, count) => sum + count.failed, 0);
    const status = failed > 0 ? 'partially_failed' : 'success';
    await this.end({ status, ...note });
    return status;
  }

  /** Leaves the run, which ends here before its end, to another process. Gives back whether it goes on there. */
  async handOn(): Promise<boolean> {
    await this.outcomes.flush();
    const goesOn = await this.tasks.claims.handOn(this.task);
    if (!goesOn) return false;
    clearInterval(this.heartbeat);
    this.announce(this.task, 'init');
    return true;
  }

  /** Says that the run broke, and keeps what is known of its records. */
  async fail(error: Omit<TaskEnd, 'status'>): Promise<void> {
    const keep = onceReachable(() => this.outcomes.flush(), this.ending.signal);
    await keep.catch(() => undefined);
    await this.end({ status: 'failed', ...error });
  }

  /** Without the database nothing can be said, and nobody else can take the task: it is told once that is back. */
  async end(end: TaskEnd): Promise<void> {
    const { status, message } = end;
    const success = status === 'success' || status === 'partially_failed';
    await this.onEnd?.({ success, cost: Date.now() - this.startedAt, ...(success ? {} : { message }) });
    try {
      const finish = () => this.tasks.finish(this.task, end, this.now(), this.startedAt);
      await onceReachable(finish, this.ending.signal);
    } finally {
      clearInterval(this.heartbeat);
    }
    this.announce(this.task, end.status);
  }

  private now(): TaskProgress {
    const { done, total, counts, mode } = this;
    return { done, total, counts, mode, ...this.received };
  }
}
