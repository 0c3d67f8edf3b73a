import { useMemo } from 'react';
import type { Task } from '../model';
import { usePage } from '../page-context';
import { useAttempt } from '../parts/use-attempt';

type Act = (task: Task) => Promise<void>;

/** What can be done with a run that has been. */
export interface TaskActions {
  readonly retry: Act;
  readonly retryFailed: Act;
  readonly approve: Act;
  readonly reject: Act;
  /** Asks the source of a run again, and opens the new task. */
  readonly runAgain: Act;
  /** Runs what a preview showed, and opens the new task. */
  readonly runNow: Act;
}

/** Does it, says why when it is refused, and has every part of the page look again. */
export function useTaskActions(): TaskActions {
  const { api, openTask } = usePage();
  const attempt = useAttempt();
  return useMemo(
    () => ({
      retry: (task) => attempt(() => api.retry(task)),
      retryFailed: (task) => attempt(() => api.retryFailed(task)),
      approve: (task) => attempt(() => api.approve(task.id)),
      reject: (task) => attempt(() => api.reject(task.id)),
      runAgain: (task) => attempt(async () => openTask(await api.sync(task.source?.name ?? ''))),
      runNow: (task) => attempt(async () => openTask(await api.runNow(task.id))),
    }),
    [api, attempt, openTask],
  );
}
