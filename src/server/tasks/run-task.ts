import type { Database } from '@nocobase/database';
import { SyncError, toStoredError, type ErrorCode, type MessageParams } from '../errors';
import type { Approval } from '../pipeline/approval';
import { BatchCollector, type Batch } from '../pipeline/batches';
import type { RunContext } from '../pipeline/contracts';
import { PreparedRun, type ForecastRemovals, type PipelineDeps } from '../pipeline/prepared-run';
import type { CountedResult, LoggedOutcome } from '../pipeline/report';
import { judgeRemovals, type HoldReason } from '../pipeline/safeguard';
import type { PayloadLog } from '../payload-log/payload-log';
import type { Delivery } from '../records/types';
import type { SettingsStore } from '../settings/settings-store';
import type { SourceRules } from '../sources';
import type { Announce } from './announce';
import type { HeldDeliveryStore } from './held-delivery-store';
import { OutcomeLog } from './outcome-log';
import { RunProgress } from './run-progress';
import type { SyncTask } from './task';
import type { TaskStore } from './task-store';

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
}

/** How a run went: applied, or previewed; or held by the safeguard, with the error that says so. */
export type RunEnd = { readonly results: readonly CountedResult[] } | { readonly held: SyncError };

/**
 * Runs a task that is processing to its end: everything is received and logged, removals are judged, and only then
 * something is written, unless it is a dry run. The task's row says how far it is and how it ended. What broke the run
 * is kept with the task and thrown again.
 */
export async function runTask(task: SyncTask, input: RunInput, deps: TaskDeps, signal: AbortSignal): Promise<RunEnd> {
  const outcomes = new OutcomeLog(deps.db, task);
  const progress = new RunProgress(task, outcomes, deps.tasks, deps.announce);
  const observer = {
    signal,
    onOutcome: (outcome: LoggedOutcome) => outcomes.add(outcome),
    onProgress: progress.advance.bind(progress),
  };
  let fallback: ErrorCode = 'SOURCE_FAILED';
  try {
    const batches = await receive(task, input.from, deps, progress, signal);
    // From here on an error is not the source's.
    fallback = 'INTERNAL_ERROR';
    progress.receive(batches, input.receivedAt ?? new Date());
    const run = await PreparedRun.of(batches, input.rules.scope, await contextOf(task, input, deps), deps);
    progress.expect(run.missing);
    const forecast = await run.forecast();
    const reason = holdReason(forecast, input);
    const hold = reason && holdParams(task, reason, forecast);
    if (hold && !task.dryRun) return { held: await block(task, hold, forecast, batches, deps, outcomes, progress) };

    const results = task.dryRun ? await run.preview(observer) : await run.apply(observer);
    progress.count(results);
    if (task.dryRun) await deps.held.keep(task.id, batches);
    else await deps.held.drop(task.id);
    await progress.complete(hold ? toStoredError(new SyncError('WOULD_BE_HELD', hold)) : {});
    return { results };
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
    await payloadLog.append({ source: sourceName, sourceType, batch, taskId, dataType, matchKey, mode, records });
    collector.add(delivery);
    await progress.advance(0);
  }
  return collector.batches();
}

async function contextOf(task: SyncTask, { rules }: RunInput, { settings }: TaskDeps): Promise<RunContext> {
  const isPurge = task.mode === 'purge';
  const { userLimit } = await settings.read();
  const removal = isPurge ? ({ users: 'delete', departments: 'delete' } as const) : rules.removal;
  return { removal, isPurge, userLimit, taskId: task.id };
}

function holdReason(forecast: ForecastRemovals, { rules, approval }: RunInput): HoldReason | undefined {
  if (!approval) return judgeRemovals(forecast, rules.limits);
  return approval.covers(forecast.outcomes) ? undefined : 'grown';
}

function holdParams(task: SyncTask, held: HoldReason, { users, departments }: ForecastRemovals): MessageParams {
  return {
    held,
    task: task.id,
    users: users.removed,
    ownedUsers: users.owned,
    departments: departments.removed,
    ownedDepartments: departments.owned,
  };
}

/** Leaves a run to somebody who decides about it, with the list of who would go. */
async function block(
  task: SyncTask,
  params: MessageParams,
  forecast: ForecastRemovals,
  batches: readonly Batch[],
  deps: TaskDeps,
  outcomes: OutcomeLog,
  progress: RunProgress,
): Promise<SyncError> {
  const held = new SyncError('REMOVAL_LIMIT', params);
  for (const outcome of forecast.outcomes) outcomes.add(outcome, { held: true });
  progress.count(forecast.results);
  await outcomes.flush();
  await deps.held.keep(task.id, batches);
  await progress.end({ status: 'blocked', ...toStoredError(held) });
  return held;
}
