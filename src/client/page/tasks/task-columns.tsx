import { Flex, Typography, type TableColumnsType } from 'antd';
import { formatAgo, formatDuration, formatTime } from '../format';
import type { Translate } from '../host';
import type { Task } from '../model';
import { usePage } from '../page-context';
import { ActionLink } from '../parts/ActionLink';
import { TaskCounts } from '../parts/TaskCounts';
import { LongText } from '../parts/LongText';
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
  return [
    {
      title: t('Started'),
      key: 'started',
      width: '20%',
      render: (_, task) => {
        const time = task.startedAt ?? task.createdAt;
        return (
          <>
            <time dateTime={time} title={formatAgo(time, locale)}>
              <ActionLink label={formatTime(time, locale)} onClick={() => openTask(task.id)} />
            </time>
            <LongText>
              <Typography.Text type="secondary">{startedBy(task, t)}</Typography.Text>
            </LongText>
            {task.cost !== null && (
              <Typography.Text type="secondary" title={t('Duration')}>
                {formatDuration(task.cost, locale)}
              </Typography.Text>
            )}
          </>
        );
      },
    },
    ...(withSource ? [sourceColumn(t)] : []),
    {
      title: t('Status'),
      key: 'status',
      width: '22%',
      render: (_, task) => (
        <Flex vertical gap={4} align="start">
          <StatusTag task={task} />
          <LongText>{reasonOf(task, t)}</LongText>
        </Flex>
      ),
    },
    {
      title: t('Result'),
      key: 'result',
      width: '23%',
      render: (_, task) => (isRunning(task) ? <RunProgress task={task} /> : <TaskCounts task={task} />),
    },
    {
      title: t('Actions'),
      key: 'actions',
      width: '20%',
      render: (_, task) => {
        const of = t('Task {{id}}', { id: task.id });
        return (
          <Flex vertical align="start" gap={4}>
            <ActionLink
              label={isBlocked(task) ? t('Review') : t('Details')}
              of={of}
              onClick={() => openTask(task.id)}
            />
            {isRetryable(task) && <ActionLink label={t('Retry')} of={of} onClick={() => void retry(task)} />}
            {canRetryFailed(task) && (
              <ActionLink label={t('Retry failed records')} of={of} onClick={() => void retryFailed(task)} />
            )}
          </Flex>
        );
      },
    },
  ];
}

const sourceColumn = (t: Translate): TableColumnsType<Task>[number] => ({
  title: t('Source'),
  key: 'source',
  width: '15%',
  render: (_, task) => <LongText>{sourceTitleOf(task, t)}</LongText>,
});
