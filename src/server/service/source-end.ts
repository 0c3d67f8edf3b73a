import type { SyncSource, SyncTaskModel } from '../sources';
import type { RunningTasks, RunResult, SyncTask, TaskStore } from '../tasks';

/**
 * Tells a source of another plugin how its run ends, if the source overrides what is called then. What the base class
 * would write into the task is not written: the run itself writes how it ended, and more.
 */
export async function tellSource(
  source: SyncSource,
  task: SyncTask,
  result: RunResult,
  { tasks, running }: { readonly tasks: TaskStore; readonly running: RunningTasks },
): Promise<void> {
  if (!wantsToKnow(source)) return;
  const { instance } = source;
  const { getTasks } = instance;
  try {
    const row = await tasks.require(task.id);
    row.save = row.update = async () => row;
    instance.getTasks = async () => [row as SyncTaskModel];
    await source.endTask({ taskId: task.id as number, ...result });
  } catch (error) {
    running.complain(new Error(`endTask of source "${task.sourceName}" failed`, { cause: error }));
  } finally {
    instance.getTasks = getTasks;
  }
}

/** Whether `endTask` is its own, and not that of the base class, ours or that of the built-in plugin. */
function wantsToKnow(source: SyncSource): boolean {
  if (typeof source.endTask !== 'function') return false;
  const base = baseOf(source);
  // A base class pulls nothing.
  return Object.hasOwn(base, 'pull') || source.endTask !== (base as Partial<SyncSource>).endTask;
}

/** The prototype of the class that extends no other. */
function baseOf(source: object): object {
  let base = Object.getPrototypeOf(source) as object;
  for (;;) {
    const next = Object.getPrototypeOf(base) as object | null;
    if (next === null || next === Object.prototype) return base;
    base = next;
  }
}
