import { randomInt } from 'node:crypto';
import type { SyncSourceModel, SyncTaskModel } from './source-model';

/** How a run ended, as a source is told. */
export interface EndTaskParams {
  /** Primary key of the task. */
  taskId: number;
  /** Whether the run went to its end; some records may have failed all the same. */
  success: boolean;
  /** How long it took, in ms. */
  cost?: number;
  /** Why it did not succeed. */
  message?: string;
}

/** A name for a run: time and chance, so that it sorts by time and is unique. */
export function newBatchName(now = new Date()): string {
  return `${now.toISOString().replace(/\D/g, '').slice(0, 14)}${randomInt(100_000, 1_000_000)}`;
}

/** Makes a task of a source that waits to be run. */
export function makeTask(source: SyncSourceModel): Promise<SyncTaskModel> {
  return source.createTask({ batch: newBatchName(), status: 'init', sourceName: source.name });
}

/**
 * Changes a task of a source that is in a state. Throws a plain error when there is no such task, or it is in another
 * state: only code of plugins gets here.
 */
export async function changeTask(
  source: SyncSourceModel,
  taskId: number,
  status: string,
  values: Record<string, unknown>,
): Promise<SyncTaskModel> {
  const [task] = await source.getTasks({ where: { id: taskId } });
  if (!task) throw new Error(`Source "${source.name}" has no task ${taskId}`);
  const current = String(task.get('status'));
  if (current !== status) throw new Error(`Task ${taskId} has to be "${status}", and is "${current}"`);
  return task.update(values);
}
