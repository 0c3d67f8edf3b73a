import type { Database } from '@nocobase/database';
import { Op, type WhereOptions } from 'sequelize';
import type { Settings } from '../../common/settings';
import type { TaskStatus } from '../../common/tasks';
import { expireHeld } from '../tasks';
import { SlicedTable } from './sliced-table';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
/** What a preview was given is kept this long after it, so that it can be run as it was previewed. */
const PREVIEW_KEPT = DAY;

/** A task in one of these has ended, and is not waiting for anybody. */
const ENDED: readonly TaskStatus[] = ['success', 'partially_failed', 'failed', 'canceled'];

/** How much was deleted, in rows. */
export interface CleanedUp {
  /** Runs that nobody decided about in time: they were ended, not deleted. */
  expired: number;
  outcomes: number;
  tasks: number;
  heldDeliveries: number;
}

/**
 * Deletes what has been kept long enough: what became of records, whole tasks, and what was delivered to runs that
 * are decided. Runs that have waited too long for a decision are ended; other tasks that have not ended are left alone.
 * Everything is read and deleted in small slices, so that millions of rows take little memory and do not delay others;
 * cleaning up can stop after any slice and continue another time.
 */
export async function cleanUp(
  db: Database,
  { outcomeDays, taskDays, heldDays, removalWindowHours }: Omit<Settings, 'userLimit'>,
  now: Date,
  signal?: AbortSignal,
): Promise<CleanedUp> {
  const tasks = new SlicedTable(db, 'userDataSyncTasks', signal);
  const outcomes = new SlicedTable(db, 'userDataSyncOutcomes', signal);
  const held = new SlicedTable(db, 'userDataSyncHeldDeliveries', signal);
  // The safeguard counts what was removed lately.
  const daysAgo = (days: number) => new Date(now.getTime() - Math.max(days * DAY, removalWindowHours * HOUR));
  const expired = await expireHeld(db, now, new Date(now.getTime() - heldDays * DAY));
  // A task may begin anew meanwhile; what that attempt writes has higher ids.
  const [lastOutcome, lastHeld] = [await outcomes.lastKey(), await held.lastKey()];
  const cleaned: CleanedUp = { expired, outcomes: 0, tasks: 0, heldDeliveries: 0 };

  for await (const taskIds of tasks.keys(endedBefore(daysAgo(Math.min(outcomeDays, taskDays))))) {
    cleaned.outcomes += await outcomes.delete({ taskId: taskIds, id: { [Op.lte]: lastOutcome } });
  }
  for await (const taskIds of held.keys({}, 'taskId')) {
    const kept = new Set((await tasks.values('id', { id: taskIds, ...stillHeld(now) })).map(String));
    const unneeded = taskIds.filter((id) => !kept.has(String(id)));
    cleaned.heldDeliveries += await held.delete({ taskId: unneeded, id: { [Op.lte]: lastHeld } });
  }
  cleaned.tasks = await tasks.delete(endedBefore(daysAgo(taskDays)));
  return cleaned;
}

/** Tasks of earlier versions do not say when they ended. */
function endedBefore(time: Date): WhereOptions {
  const before = { [Op.lt]: time };
  return { status: [...ENDED], [Op.or]: [{ finishedAt: before }, { finishedAt: null, updatedAt: before }] };
}

/** Tasks that wait, run or may be run as they were previewed. */
function stillHeld(now: Date): WhereOptions {
  const since = { [Op.gte]: new Date(now.getTime() - PREVIEW_KEPT) };
  return {
    [Op.or]: [
      { status: { [Op.notIn]: [...ENDED] } },
      { dryRun: true, [Op.or]: [{ finishedAt: since }, { finishedAt: null, updatedAt: since }] },
    ],
  };
}
