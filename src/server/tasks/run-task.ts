import type { SourceRules } from '../../common/rules';
import type { Settings } from '../../common/settings';
import { toRunError } from '../database/faults';
import { fenced } from '../database/transaction';
import type { RecordSet, DeliverySpool } from '../deliveries';
import { SyncError, toStoredError, type ErrorCode } from '../errors';
import type { LoggedOutcome } from '../model/outcome';
import type { Delivery } from '../model/records';
import type { PayloadLog } from '../payload-log/payload-log';
import type { Approval } from '../pipeline/approval';
import type { PipelineDeps } from '../pipeline/deps';
import { runSync, type Hold, type RunOrder } from '../pipeline/run-sync';
import type { CountedResult } from '../pipeline/report';
import { holdParams, wouldBeHeld, type WouldBeHeld } from '../pipeline/safeguard';
import type { SettingsStore } from '../settings/settings-store';
import type { Announce } from './announce';
import { OutcomeLog } from './outcome-log';
import { RemovalHistory } from './removal-history';
import { RunProgress } from './run-progress';
import type { DoneStatus, RunResult, SyncTask } from './task';
import type { TaskStore } from './task-store';

const DAY = 24 * 60 * 60 * 1000;

/** What running a task needs. */
export interface TaskDeps extends PipelineDeps {
  readonly tasks: TaskStore;
  readonly spool: DeliverySpool;
  readonly settings: Pick<SettingsStore, 'read'>;
  readonly payloadLog: PayloadLog;
  readonly announce: Announce;
}

/** What a run works on: what a source or a push delivers, records that are stored, or what has been received before. */
export type RunOrigin =
  | { readonly delivered: AsyncIterable<Delivery> | Iterable<Delivery> }
  | { readonly stored: AsyncIterable<Delivery> }
  | { readonly received: () => Promise<readonly RecordSet[]> };

export interface RunInput {
  readonly from: RunOrigin;
  readonly rules: SourceRules;
  /** Removals that somebody has approved: these may be made, whatever the limits say. */
  readonly approval?: () => Promise<Approval>;
  /** Told how the run ends, just before its task says so. Never fails. */
  readonly onEnd?: (end: RunResult) => Promise<void>;
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
    onMissing: progress.expect.bind(progress),
    onOutcome: (outcome: LoggedOutcome) => outcomes.add(outcome),
    onWritten: outcomes.write.bind(outcomes),
    onProgress: progress.advance.bind(progress),
  };
  let fallback: ErrorCode = 'SOURCE_FAILED';
  try {
    const received = await receive(task, input.from, deps, progress, signal);
    // From here on an error is not the source's.
    fallback = 'INTERNAL_ERROR';
    progress.receive(received, task.receivedAt ?? new Date());
    const settings = await deps.settings.read();
    const { results, hold } = await runSync(orderOf(task, input, received, settings, deps), deps, observer);
    return results
      ? await complete({ task, results, hold }, deps, progress)
      : await block({ task, hold, settings }, deps, outcomes, progress);
  } catch (error) {
    const broken = signal.aborted ? new SyncError('INTERRUPTED') : toRunError(error);
    // The process stops: whoever finds the task goes on with it.
    if (signal.aborted && (await progress.handOn().catch(() => false))) throw broken;
    // Whoever has taken the task over may be reading what is kept.
    const drop = signal.aborted ? undefined : await deps.spool.dropLater(task.id).catch(() => undefined);
    await progress.fail(toStoredError(broken, fallback));
    await drop?.();
    throw broken;
  }
}

/** Everything that a run is given: nothing is judged before the last part has come. */
async function receive(
  task: SyncTask,
  from: RunOrigin,
  { payloadLog, spool }: TaskDeps,
  progress: RunProgress,
  signal: AbortSignal,
): Promise<readonly RecordSet[]> {
  if ('received' in from) {
    const recordSets = await from.received();
    for (const { index } of recordSets) progress.expect(index.present + index.deleted + index.rejected);
    return recordSets;
  }
  const isNew = 'delivered' in from;
  const received = await spool.receive(task);
  for await (const delivery of isNew ? from.delivered : from.stored) {
    signal.throwIfAborted();
    progress.expect(delivery.records.length);
    if (isNew) await log(task, delivery, payloadLog);
    if (isNew) progress.hear(delivery.mode);
    await received.add(delivery);
    await progress.advance(0);
  }
  return received.close();
}

/** As it came, before anything of it is interpreted. */
async function log({ batch, id: taskId, sourceType }: SyncTask, delivery: Delivery, payloadLog: PayloadLog) {
  const { dataType, matchKey, mode, records, sourceName: source } = delivery;
  await payloadLog.append({ source, sourceType, batch, taskId, dataType, matchKey, mode, records });
}

function orderOf(
  task: SyncTask,
  { rules, approval }: RunInput,
  received: readonly RecordSet[],
  { userLimit, removalWindowHours: hours }: Settings,
  { db }: TaskDeps,
): RunOrder {
  const isPurge = task.mode === 'purge';
  const removal = isPurge ? ({ users: 'delete', departments: 'delete' } as const) : rules.removal;
  return {
    received,
    scope: rules.scope,
    limits: rules.limits,
    context: { removal, protection: rules.protection, isPurge, userLimit, taskId: task.id },
    dryRun: task.dryRun,
    removedLately: () => new RemovalHistory(db).of(task.sourceId, hours),
    windowHours: hours,
    approval,
  };
}

/** A run that went to its end, and what is known about it by then. */
interface CompleteRun {
  readonly task: SyncTask;
  readonly results: readonly CountedResult[];
  /** Of a preview whose run would be held. */
  readonly hold?: Hold;
}

/** What was previewed is kept, so that it can be run as it is; what was applied is not needed any more. */
async function complete(
  { task, results, hold }: CompleteRun,
  { spool }: TaskDeps,
  progress: RunProgress,
): Promise<DoneRun> {
  progress.count(results);
  if (task.dryRun) await spool.makeRoom(task.sourceId);
  if (!hold) {
    // A server that stops before the task has ended goes on from what is kept.
    const drop = task.dryRun ? undefined : await spool.dropLater(task.id);
    const status = await progress.complete();
    await drop?.();
    return { results, status };
  }
  const error = new SyncError('WOULD_BE_HELD', { ...holdParams(hold), task: task.id });
  const status = await progress.complete(toStoredError(error));
  return { results, status, wouldBeHeld: { ...wouldBeHeld(hold), error } };
}

/** A run that waits for a decision. */
interface HeldRun {
  readonly task: SyncTask;
  readonly hold: Hold;
  readonly settings: Settings;
}

/**
 * Leaves a run to somebody who decides about it, with the list of who would be removed. Older runs of the source that
 * wait with data of the same kind wait for nothing any more: what is approved has to be the newest.
 */
async function block(
  { task, hold, settings }: HeldRun,
  deps: TaskDeps,
  outcomes: OutcomeLog,
  progress: RunProgress,
): Promise<RunEnd> {
  const { forecast } = hold;
  const params = { ...holdParams(hold), task: task.id };
  const error = new SyncError('REMOVAL_LIMIT', params, { answer: { taskId: task.id } });
  for (const outcome of forecast.outcomes) outcomes.add(outcome, { held: true });
  progress.count(await forecast.results());
  await outcomes.flush();
  const heldUntil = new Date(Date.now() + settings.heldDays * DAY);
  await progress.end({ status: 'blocked', heldUntil, ...toStoredError(error) });
  for (const taskId of await deps.tasks.supersede(task)) await deps.spool.drop(taskId);
  await deps.spool.makeRoom(task.sourceId);
  return { held: error };
}
