import { API_SOURCE_TYPE } from '../../common/sources';
import type { Source, Task } from './model';

/** Whether a task goes on, so that it is worth looking again. */
export const isRunning = (task: Pick<Task, 'status'> | null | undefined): boolean =>
  task?.status === 'processing' || task?.status === 'init';

/** Whether a source runs, or is previewed. */
export const isBusy = ({ lastTask, lastPreview }: Pick<Source, 'lastTask' | 'lastPreview'>): boolean =>
  isRunning(lastTask) || isRunning(lastPreview);

/** Whether a task, or some of its records, failed. */
export const hasFailed = (task: Pick<Task, 'status'>): boolean =>
  task.status === 'failed' || task.status === 'partially_failed';

/** Whether a run is held until somebody decides. */
export const isBlocked = (task: Pick<Task, 'status'>): boolean => task.status === 'blocked';

/** Whether somebody decided that a run which was held goes no further. */
export const isRejected = (task: Pick<Task, 'status' | 'code'>): boolean =>
  task.status === 'canceled' && task.code === 'REJECTED';

/** Codes of runs that were held and go no further. */
const CANCELED = ['REJECTED', 'SUPERSEDED', 'EXPIRED'];

/** Whether a run that was held goes no further: rejected, replaced by a newer one, or never decided about. */
export const isCanceled = (task: Pick<Task, 'status' | 'code'>): boolean =>
  task.status === 'canceled' && CANCELED.includes(task.code ?? '');

/** Whether what is known of a task is what it would do, and not what it did. */
export const isPlanned = (task: Pick<Task, 'status' | 'code' | 'dryRun'>): boolean =>
  Boolean(task.dryRun) || isBlocked(task) || isCanceled(task);

/** Whether Retry can run a task again: its source can be asked, and it was a run of the source. */
export const isRetryable = (task: Task): boolean =>
  hasFailed(task) && !task.dryRun && task.mode !== 'purge' && !isPushed(task);

/** Whether its records came by a push. A retry of such a task says of itself only that it is a retry. */
export const isPushed = ({ trigger, source }: Pick<Task, 'trigger' | 'source'>): boolean =>
  trigger === 'push' || source?.sourceType === API_SOURCE_TYPE;

/** Whether the records that failed can be run again without the others. */
export const canRetryFailed = (task: Pick<Task, 'status' | 'dryRun'>): boolean =>
  task.status === 'partially_failed' && !task.dryRun;

/** Whether a preview is there that can be run. */
export const canRunNow = (task: Pick<Task, 'status' | 'dryRun'>): boolean =>
  Boolean(task.dryRun) && (task.status === 'success' || task.status === 'partially_failed');
