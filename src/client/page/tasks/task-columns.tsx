import { Flex, Grid, Typography, type TableColumnsType } from 'antd';
import { formatAgo, formatDuration, formatTime } from '../format';
import type { Translate } from '../host';
import type { Task } from '../model';
import { usePage } from '../page-context';
import { ActionLink } from '../parts/ActionLink';
import { TaskCounts } from '../parts/CountsSummary';
import { reasonOf } from '../parts/reason';
import { RunProgress } from '../parts/RunProgress';
import { startedBy } from '../parts/started-by';
import { StatusTag } from '../parts/StatusTag';
import { sourceTitleOf } from '../sources/titles';
import { canRetryFailed, isBlocked, isRetryable, isRunning } from '../task-state';
import { useTaskActions } from './use-task-actions';

/** The columns of a list of runs; those of one source need not say which. */
export function useTaskColumns({ withSource }: { readonly withSource: boolean }): TableColumnsType<Task> {
  const { t, locale, openTask } = usePage();
  const { retry, retryFailed } = useTaskActions();
  const { md: wide } = Grid.useBreakpoint();
  return [
    {
      title: t('Started'),
      key: 'started',
      render: (_, { id, startedAt, createdAt }) => {
        const time = startedAt ?? createdAt;
        return (
          <time dateTime={time} title={formatAgo(time, locale)}>
            <ActionLink label={formatTime(time, locale)} onClick={() => openTask(id)} />
          </time>
        );
      },
    },
    ...(withSource ? [sourceColumn(t)] : []),
    { title: t('Status'), key: 'status', render: (_, task) => <StatusTag task={task} /> },
    {
      title: t('Result'),
      key: 'result',
      render: (_, task) => (isRunning(task) ? <RunProgress task={task} /> : <TaskCounts task={task} />),
    },
    { title: t('Duration'), key: 'cost', render: (_, task) => formatDuration(task.cost, locale) },
    { title: t('Started by'), key: 'trigger', render: (_, task) => startedBy(task, t) },
    {
      title: t('Message'),
      key: 'message',
      render: (_, task) => (
        <Typography.Paragraph ellipsis={{ rows: 2, tooltip: true }} style={{ marginBottom: 0, maxWidth: 320 }}>
          {reasonOf(task, t)}
        </Typography.Paragraph>
      ),
    },
    {
      title: t('Actions'),
      key: 'actions',
      fixed: wide ? 'right' : undefined,
      render: (_, task) => (
        <Flex vertical align="start" gap={4}>
          <ActionLink label={isBlocked(task) ? t('Review') : t('Details')} onClick={() => openTask(task.id)} />
          {isRetryable(task) && <ActionLink label={t('Retry')} onClick={() => void retry(task)} />}
          {canRetryFailed(task) && (
            <ActionLink label={t('Retry failed records')} onClick={() => void retryFailed(task)} />
          )}
        </Flex>
      ),
    },
  ];
}

const sourceColumn = (t: Translate): TableColumnsType<Task>[number] => ({
  title: t('Source'),
  key: 'source',
  render: (_, task) => sourceTitleOf(task, t),
});
