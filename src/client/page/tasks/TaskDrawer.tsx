import { Alert, Button, Descriptions, Flex, Skeleton } from 'antd';
import { formatDuration, formatTime, saveFile } from '../format';
import { hasFailed, isRetryable, isRunning, type Task } from '../model';
import { usePage } from '../page-context';
import { sourceTitle } from '../sources/titles';
import { TaskCounts } from '../parts/CountsSummary';
import { ErrorNotice } from '../parts/ErrorNotice';
import { PageDrawer } from '../parts/PageDrawer';
import { reasonOf } from '../parts/reason';
import { RunProgress } from '../parts/RunProgress';
import { startedBy } from '../parts/started-by';
import { StatusTag } from '../parts/StatusTag';
import { useNotify } from '../parts/use-notify';
import { RUNNING_INTERVAL, useLoad } from '../use-load';
import { useTaskEvents } from '../use-task-events';
import { OutcomesTable } from './OutcomesTable';

interface TaskDrawerProps {
  readonly taskId: Task['id'];
  readonly onClose: () => void;
  readonly onRetry: (task: Task) => Promise<void>;
}

/** What happened in a run, and to whom. */
export function TaskDrawer({ taskId, onClose, onRetry }: TaskDrawerProps) {
  const { api, t, locale } = usePage();
  const notify = useNotify();
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

  const save = async (load: () => Promise<Blob>, name: string) => {
    try {
      saveFile(await load(), name);
    } catch (failure) {
      notify.failed(failure);
    }
  };

  return (
    <PageDrawer
      onClose={onClose}
      width={1100}
      title={t('Task {{id}}', { id: taskId })}
      extra={
        task &&
        isRetryable(task) && (
          <Button type="primary" onClick={() => void onRetry(task).then(reload)}>
            {t('Retry')}
          </Button>
        )
      }
    >
      {error && <ErrorNotice error={error} onRetry={reload} />}
      {!task && !error && <Skeleton active />}
      {task && (
        <>
          <Problem task={task} />
          <Descriptions
            size="small"
            column={{ xs: 1, sm: 2, lg: 3 }}
            style={{ marginBottom: 16 }}
            items={[
              { key: 'status', label: t('Status'), children: <StatusTag status={task.status} /> },
              { key: 'source', label: t('Source'), children: task.source ? sourceTitle(task.source, t) : '–' },
              { key: 'trigger', label: t('Started by'), children: startedBy(task, t) },
              { key: 'started', label: t('Started'), children: formatTime(task.startedAt ?? task.createdAt, locale) },
              { key: 'cost', label: t('Duration'), children: formatDuration(task.cost, locale) },
              { key: 'mode', label: t('Mode'), children: task.mode ? t(`mode.${task.mode}`) : '–' },
              { key: 'attempt', label: t('Attempt'), children: task.attempt ?? 1 },
              { key: 'batch', label: t('Batch'), children: task.batch },
            ]}
          />
          {isRunning(task) ? <RunProgress task={task} /> : <TaskCounts counts={task.counts} />}
          <Flex gap={8} wrap style={{ margin: '16px 0' }}>
            <Button onClick={() => void save(() => api.outcomesCsv(task.id), `sync-task-${task.id}.csv`)}>
              {t('Download records as CSV')}
            </Button>
            <Button onClick={() => void save(() => api.payload(task.id), `sync-task-${task.id}.jsonl`)}>
              {t('Download what was delivered')}
            </Button>
          </Flex>
          <OutcomesTable task={task} />
        </>
      )}
    </PageDrawer>
  );
}

/** Why a run failed, and what to do when there is no Retry: a push has nothing that could be asked again. */
function Problem({ task }: { readonly task: Task }) {
  const { t } = usePage();
  const reason = reasonOf(task, t);
  const advice = hasFailed(task) && !isRetryable(task) ? t('Push the records again.') : undefined;
  if (!hasFailed(task) || (!reason && !advice)) return null;
  return (
    <Alert
      type={task.status === 'failed' ? 'error' : 'warning'}
      showIcon
      role="alert"
      message={reason || advice}
      description={reason ? advice : undefined}
      style={{ marginBottom: 16 }}
    />
  );
}
