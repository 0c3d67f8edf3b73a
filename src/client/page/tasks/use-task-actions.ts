import { useMemo } from 'react';
import type { Task } from '../model';
import { usePage } from '../page-context';
import { useAttempt } from '../parts/use-attempt';

/** What can be done with a run that has been. */
export interface TaskActions {
  readonly retry: (task: Task) => void;
}

/** Does it, says why when it is refused, and has every part of the page look again. */
export function useTaskActions(): TaskActions {
  const { api } = usePage();
  const attempt = useAttempt();
  return useMemo(() => ({ retry: (task) => void attempt(() => api.retry(task)) }), [api, attempt]);
}
