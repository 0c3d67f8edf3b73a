import type { TaskStatus } from '../../common/tasks';

/**
 * The states of a task.
 *
 * A task begins as `init`, waits for a process to run it, and is `processing` while it runs. It ends as `success` when every record was applied, as
 * `partially_failed` when some records failed, as `failed` when the run broke, as `canceled` when somebody stopped it.
 * A run that would remove too much waits as `blocked` for somebody to approve (`init`) or reject (`canceled`). It
 * is `canceled`, too, when a newer run of its source is held with data of the same kind (`SUPERSEDED`), and when nobody
 * has decided for as long as the settings say (`EXPIRED`). What was delivered to a run that is canceled is dropped.
 * Retry takes a task that did not succeed back to `init`.
 */
const transitions: Readonly<Record<TaskStatus, readonly TaskStatus[]>> = {
  init: ['processing', 'failed', 'canceled'],
  processing: ['success', 'partially_failed', 'failed', 'canceled', 'blocked'],
  blocked: ['init', 'canceled'],
  partially_failed: ['init'],
  failed: ['init'],
  canceled: [],
  success: [],
};

/** The states that a task may be in to get to `next`. */
export function statesBefore(next: TaskStatus): TaskStatus[] {
  return (Object.keys(transitions) as TaskStatus[]).filter((status) => transitions[status].includes(next));
}

/** States from which Retry may take a task. */
export const RETRYABLE: readonly TaskStatus[] = ['failed', 'partially_failed'];
