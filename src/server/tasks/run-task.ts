import type { Database } from '@nocobase/database';
import { SyncError, toStoredError, type ErrorCode } from '../errors';
import { addCounts, type SyncResult, type TargetCounts } from '../pipeline/report';
import { runDelivery, type PipelineDeps } from '../pipeline/run-delivery';
import type { PayloadLog } from '../payload-log/payload-log';
import type { Delivery } from '../records/types';
import type { Announce } from './announce';
import { OutcomeLog } from './outcome-log';
import type { SyncTask, TaskEnd } from './task';
import { HEARTBEAT_INTERVAL, type TaskStore } from './task-store';

/** Progress is written and announced at most this often, in ms. */
const PROGRESS_INTERVAL = 500;

/** What running a task needs. */
export interface TaskDeps extends PipelineDeps {
  readonly db: Database;
  readonly tasks: TaskStore;
  readonly payloadLog: PayloadLog;
  readonly announce: Announce;
}

/**
 * Runs a task that is processing to its end: every delivery is logged as received and taken through the pipeline, and
 * the task's row says how far it is and how it ended. What broke the run is kept with the task and thrown again.
 */
export async function runTask(
  task: SyncTask,
  deliveries: AsyncIterable<Delivery> | Iterable<Delivery>,
  deps: TaskDeps,
  signal: AbortSignal,
): Promise<SyncResult[]> {
  const startedAt = Date.now();
  const outcomes = new OutcomeLog(deps.db, task);
  const counts: Record<string, TargetCounts> = {};
  const results: SyncResult[] = [];
  let done = 0;
  let total = 0;
  let savedAt = startedAt;
  let fallback: ErrorCode = 'SOURCE_FAILED';
  const heartbeat = setInterval(() => void deps.tasks.beat(task).catch(() => undefined), HEARTBEAT_INTERVAL);
  const observer = {
    signal,
    onOutcome: outcomes.add.bind(outcomes),
    async onProgress(records: number) {
      done += records;
      await outcomes.flush();
      if (Date.now() - savedAt < PROGRESS_INTERVAL) return;
      savedAt = Date.now();
      await deps.tasks.saveProgress(task, { done, total, counts });
      deps.announce(task, 'processing');
    },
  };
  const finish = async (end: TaskEnd) => {
    await deps.tasks.finish(task, end, { done, total, counts }, startedAt);
    deps.announce(task, end.status);
  };
  try {
    for await (const delivery of deliveries) {
      signal.throwIfAborted();
      // From here to the next delivery an error is not the source's.
      fallback = 'INTERNAL_ERROR';
      total += delivery.records.length;
      await logPayload(task, delivery, deps.payloadLog);
      const finished = await runDelivery(delivery, deps, observer);
      addCounts(counts, countedAs(finished, delivery.dataType));
      results.push(...finished);
      fallback = 'SOURCE_FAILED';
    }
    fallback = 'INTERNAL_ERROR';
    await outcomes.flush();
    done = total;
    await finish(endOf(counts));
    return results;
  } catch (error) {
    const broken = signal.aborted ? new SyncError('INTERRUPTED') : error;
    await outcomes.flush().catch(() => undefined);
    await finish({ status: 'failed', ...toStoredError(broken, fallback) });
    throw broken;
  } finally {
    clearInterval(heartbeat);
  }
}

/**
 * What the target of departments does for users is about memberships: kept apart, so that `62 updated` is not read as
 * departments.
 */
function countedAs(results: readonly SyncResult[], dataType: Delivery['dataType']): SyncResult[] {
  return results.map(({ resource, detail }) => ({
    resource: resource === 'departments' && dataType === 'user' ? 'memberships' : resource,
    detail,
  }));
}

/** A run whose records all failed did not succeed in part, but it did not break either. */
function endOf(counts: Readonly<Record<string, TargetCounts>>): TaskEnd {
  const failed = Object.values(counts).reduce((sum, count) => sum + count.failed, 0);
  return { status: failed > 0 ? 'partially_failed' : 'success' };
}

async function logPayload(task: SyncTask, delivery: Delivery, log: PayloadLog): Promise<void> {
  const { dataType, matchKey, mode, records, sourceName } = delivery;
  const { batch, id: taskId, sourceType } = task;
  await log.append({ source: sourceName, sourceType, batch, taskId, dataType, matchKey, mode, records });
}
