import type { Database } from '@nocobase/database';
import { fenced } from '../database/transaction';
import { SyncError, toStoredError, type ErrorCode } from '../errors';
import type { Approval } from '../pipeline/approval';
import { BatchCollector, type Batch } from '../pipeline/batches';
import type { RunContext } from '../pipeline/contracts';
import { PreparedRun, type ForecastRemovals, type PipelineDeps } from '../pipeline/prepared-run';
import type { CountedResult, LoggedOutcome } from '../pipeline/report';
import {
  holdParams,
  judgeRemovals,
  nothingRemoved,
  removesAnybody,
  wouldBeHeld,
  type HoldReason,
  type RecentRemovals,
  type WouldBeHeld,
} from '../pipeline/safeguard';
import type { PayloadLog } from '../payload-log/payload-log';
import type { Delivery } from '../records/types';
import type { Settings, SettingsStore } from '../settings/settings-store';
import type { SourceRules } from '../sources';
import type { Announce } from './announce';
import type { HeldDeliveryStore } from './held-delivery-store';
import { OutcomeLog } from './outcome-log';
import { RemovalHistory } from './removal-history';
import { RunProgress } from './run-progress';
import type { DoneStatus, RunResult, SyncTask } from './task';
import type { TaskStore } from './task-store';

const DAY = 24 * 60 * 60 * 1000;

/** What running a task needs. */
export interface TaskDeps extends PipelineDeps {
  readonly db: Database;
  readonly tasks: TaskStore;
  readonly held: HeldDeliveryStore;
  readonly settings: Pick<SettingsStore, 'read'>;
  readonly payloadLog: PayloadLog;
  readonly announce: Announce;
}

/** What a run works on. */
export interface RunInput {
  /** As a source or a push gives it, part by part; or what has been received and understood before. */
  readonly from: AsyncIterable<Delivery> | Iterable<Delivery> | { readonly batches: readonly Batch[] };
  readonly rules: SourceRules;
  /** When `batches` were received. */
  readonly receivedAt?: Date;
  /** Removals that somebody has approved: these may be made, whatever the limits say. */
  readonly approval?: Approval;
  /** Told how the run ends, just before its task says so. Never fails. */
  readonly onEnd?: (end: RunResult) => Promise<void>;
  /** Resolves when the run may begin, where it has to wait; its task is alive meanwhile. */
  readonly turn?: () => Promise<void>;
}

/** How a run went: applied, or previewed; or held by the safeguard, with the error that says so. */
export type RunEnd = DoneRun | { readonly held: SyncError };

/** A run that was applied or previewed. */
export interface DoneRun {
  readonly results: readonly CountedResult[];
  readonly status: DoneStatus;
  /** Of a preview whose run would be held: why, and the error that says it. */
  readonly wouldBeHeld?: WouldBeHeld & { readonly error: SyncError };
}

/**
 * Runs a task that is processing to its end: everything is received and logged, removals are judged, and only then
 * something is written, unless it is a dry run. The task's row says how far it is and how it ended. What broke the run
 * is kept with the task and thrown again. `ending` ends it before, and is aborted when somebody else has taken the task
 * over; nothing is written any more then.
 */
export async function runTask(
  task: SyncTask,
  input: RunInput,
  deps: TaskDeps,
  ending: AbortController,
): Promise<RunEnd> {
  return fenced(
    (transaction) => deps.tasks.claims.hold(task, transaction),
    () => run(task, input, deps, ending),
  );
}

async function run(task: SyncTask, input: RunInput, deps: TaskDeps, ending: AbortController): Promise<RunEnd> {
  const outcomes = new OutcomeLog(deps.db, task, input.approval !== undefined || task.mode === 'purge');
  const progress = new RunProgress(task, outcomes, deps.tasks, deps.announce, ending, input.onEnd);
  const { signal } = ending;
  const observer = {
    signal,
    onOutcome: (outcome: LoggedOutcome) => outcomes.add(outcome),
    onProgress: progress.advance.bind(progress),
  };
  let fallback: ErrorCode = 'SOURCE_FAILED';
  try {
    await input.turn?.();
    const batches = await receive(task, input.from, deps, progress, signal);
    // From here on an error is not the source's.
    fallback = 'INTERNAL_ERROR';
    progress.receive(batches, input.receivedAt);
    const settings = await deps.settings.read();
    const run = await PreparedRun.of(batches, input.rules.scope, contextOf(task, input, settings), deps);
    progress.expect(run.missing);
    const forecast = await run.forecast();
    const recent = await recentRemovals(task, forecast, settings, deps);
    const reason = holdReason(forecast, recent, input);
    const hold = reason && { ...holdParams(reason, forecast, recent), task: task.id };
    if (hold && !task.dryRun) {
      const heldUntil = new Date(Date.now() + settings.heldDays * DAY);
      const held = new SyncError('REMOVAL_LIMIT', hold, { answer: { taskId: task.id } });
      await block({ task, held, heldUntil, forecast, batches }, deps, outcomes, progress);
      return { held };
    }

    const results = task.dryRun ? await run.preview(observer) : await run.apply(observer);
    progress.count(results);
    if (task.dryRun) await deps.held.keepPreview(task, batches);
    else await deps.held.drop(task.id);
    const error = hold && new SyncError('WOULD_BE_HELD', hold);
    const status = await progress.complete(error && toStoredError(error));
    if (!reason || !error) return { results, status };
    return { results, status, wouldBeHeld: { ...wouldBeHeld(reason, forecast, recent, input.rules.limits), error } };
  } catch (error) {
    const broken = signal.aborted ? new SyncError('INTERRUPTED') : error;
    await outcomes.flush().catch(() => undefined);
    await progress.end({ status: 'failed', ...toStoredError(broken, fallback) });
    throw broken;
  }
}

/** Everything that a run is given: nothing is judged before the last part has come. */
async function receive(
  task: SyncTask,
  from: RunInput['from'],
  { payloadLog }: TaskDeps,
  progress: RunProgress,
  signal: AbortSignal,
): Promise<readonly Batch[]> {
  if ('batches' in from) {
    for (const { records, rejected } of from.batches) progress.expect(records.length + rejected.length);
    return from.batches;
  }
  const collector = new BatchCollector();
  for await (const delivery of from) {
    signal.throwIfAborted();
    const { dataType, matchKey, mode, records, sourceName } = delivery;
    const { batch, id: taskId, sourceType } = task;
    progress.expect(records.length);
    progress.hear(mode);
    await payloadLog.append({ source: sourceName, sourceType, batch, taskId, dataType, matchKey, mode, records });
    await collector.add(delivery);
    await progress.advance(0);
  }
  return collector.batches();
}

function contextOf(task: SyncTask, { rules }: RunInput, { userLimit }: Settings): RunContext {
  const isPurge = task.mode === 'purge';
  const removal = isPurge ? ({ users: 'delete', departments: 'delete' } as const) : rules.removal;
  return { removal, protection: rules.protection, isPurge, userLimit, taskId: task.id };
}

/** Looked up only when it matters: runs that remove nobody cost nothing. */
async function recentRemovals(
  { sourceId }: SyncTask,
  forecast: ForecastRemovals,
  { removalWindowHours: hours }: Settings,
  { db }: TaskDeps,
): Promise<RecentRemovals> {
  return removesAnybody(forecast) ? new RemovalHistory(db).of(sourceId, hours) : nothingRemoved(hours);
}

function holdReason(
  forecast: ForecastRemovals,
  recent: RecentRemovals,
  { rules, approval }: RunInput,
): HoldReason | undefined {
  if (!approval) return judgeRemovals(forecast, recent, rules.limits);
  return approval.covers(forecast.outcomes) ? undefined : 'grown';
}

/** A run that waits for a decision. */
interface HeldRun {
  readonly task: SyncTask;
  readonly held: SyncError;
  readonly heldUntil: Date;
  readonly forecast: ForecastRemovals;
  readonly batches: readonly Batch[];
}

/**
 * Leaves a run to somebody who decides about it, with the list of who would be removed. Older runs of the source that
 * wait with data of the same kind wait for nothing any more: what is approved has to be the newest.
 */
async function block(
  { task, held, heldUntil, forecast, batches }: HeldRun,
  deps: TaskDeps,
  outcomes: OutcomeLog,
  progress: RunProgress,
): Promise<void> {
  await deps.held.keep(task, batches);
  for (const outcome of forecast.outcomes) outcomes.add(outcome, { held: true });
  progress.count(forecast.results);
  await outcomes.flush();
  await progress.end({ status: 'blocked', heldUntil, ...toStoredError(held) });
  for (const taskId of await deps.tasks.supersede(task)) await deps.held.drop(taskId);
}
