import { Flex, Skeleton } from 'antd';
import { useMemo } from 'react';
import type { Task } from '../model';
import { usePage } from '../page-context';
import { TaskCounts } from '../parts/TaskCounts';
import { CopyLink } from '../parts/CopyLink';
import { ErrorNotice } from '../parts/ErrorNotice';
import { PageDrawer } from '../parts/PageDrawer';
import { RunProgress } from '../parts/RunProgress';
import { isRunning } from '../task-state';
import { RUNNING_INTERVAL, useLoad } from '../use-load';
import { useRunNews } from '../use-run-news';
import { useTaskEvents } from '../use-task-events';
import { EarlierAttempts } from './EarlierAttempts';
import { OutcomesTable } from './OutcomesTable';
import { RetryButtons } from './RetryButtons';
import { TaskDownloads } from './TaskDownloads';
import { TaskFacts } from './TaskFacts';
import { TaskNotice } from './TaskNotice';

interface TaskDrawerProps {
  readonly taskId: Task['id'];
  readonly onClose: () => void;
}

/** What happened in a run, and to whom. */
export function TaskDrawer({ taskId, onClose }: TaskDrawerProps) {
  const { api, t } = usePage();
  const { data, error, reload } = useLoad(
    () => api.task(taskId),
    String(taskId),
    (loaded) => (isRunning(loaded) ? RUNNING_INTERVAL : undefined),
  );
  useTaskEvents(reload);
  // Another task may have been opened in place of the one that was loaded.
  const task = data && String(data.id) === String(taskId) ? data : undefined;
  useRunNews(useMemo(() => task && [{ title: t('Task {{id}}', { id: task.id }), task }], [task, t]));

  return (
    <PageDrawer
      onClose={onClose}
      width={1100}
      title={t('Task {{id}}', { id: taskId })}
      // What was pressed may go with what it changes.
      contentKey={`${taskId} ${task?.status}`}
      extra={
        task && (
          <Flex gap={8} wrap align="center">
            <CopyLink />
            <RetryButtons task={task} />
          </Flex>
        )
      }
    >
      {error && <ErrorNotice error={error} onRetry={reload} />}
      {!task && !error && <Skeleton active />}
      {task && (
        <>
          <TaskNotice task={task} />
          <TaskFacts task={task} />
          {isRunning(task) ? <RunProgress task={task} /> : <TaskCounts task={task} />}
          <EarlierAttempts task={task} />
          <TaskDownloads task={task} />
          <OutcomesTable key={task.id} task={task} />
        </>
      )}
    </PageDrawer>
  );
}
