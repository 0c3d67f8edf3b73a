import { Button, Skeleton } from 'antd';
import type { Task } from '../model';
import { usePage } from '../page-context';
import { TaskCounts } from '../parts/CountsSummary';
import { ErrorNotice } from '../parts/ErrorNotice';
import { PageDrawer } from '../parts/PageDrawer';
import { RunProgress } from '../parts/RunProgress';
import { isRetryable, isRunning } from '../task-state';
import { RUNNING_INTERVAL, useLoad } from '../use-load';
import { useTaskEvents } from '../use-task-events';
import { OutcomesTable } from './OutcomesTable';
import { TaskDownloads } from './TaskDownloads';
import { TaskFacts } from './TaskFacts';
import { TaskNotice } from './TaskNotice';
import { useTaskActions } from './use-task-actions';

interface TaskDrawerProps {
  readonly taskId: Task['id'];
  readonly onClose: () => void;
}

/** What happened in a run, and to whom. */
export function TaskDrawer({ taskId, onClose }: TaskDrawerProps) {
  const { api, t } = usePage();
  const { retry } = useTaskActions();
  const {
    data: task,
    error,
    reload,
  } = useLoad(
    () => api.task(taskId),
    String(taskId),
    (loaded) => (isRunning(loaded) ? RUNNING_INTERVAL : undefined),
  );
  useTaskEvents(reload);

  return (
    <PageDrawer
      onClose={onClose}
      width={1100}
      title={t('Task {{id}}', { id: taskId })}
      extra={
        task &&
        isRetryable(task) && (
          <Button type="primary" onClick={() => retry(task)}>
            {t('Retry')}
          </Button>
        )
      }
    >
      {error && <ErrorNotice error={error} onRetry={reload} />}
      {!task && !error && <Skeleton active />}
      {task && (
        <>
          <TaskNotice task={task} />
          <TaskFacts task={task} />
          {isRunning(task) ? <RunProgress task={task} /> : <TaskCounts counts={task.counts} />}
          <TaskDownloads taskId={task.id} />
          <OutcomesTable task={task} />
        </>
      )}
    </PageDrawer>
  );
}
