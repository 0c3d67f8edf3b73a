import type { Task } from './model';

/** Whether a task goes on, so that it is worth looking again. */
export const isRunning = (task: Pick<Task, 'status'> | null | undefined): boolean =>
  task?.status === 'processing' || task?.status === 'init';

/** Whether a task, or some of its records, failed. */
export const hasFailed = (task: Pick<Task, 'status'>): boolean =>
  task.status === 'failed' || task.status === 'partially_failed';

/** Whether Retry can run a task again. */
export const isRetryable = (task: Pick<Task, 'status' | 'trigger'>): boolean =>
  hasFailed(task) && task.trigger !== 'push';
