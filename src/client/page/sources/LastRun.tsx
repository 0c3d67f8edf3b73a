import { Button, Flex, Tooltip, Typography } from 'antd';
import { formatAgo, formatTime } from '../format';
import type { Source } from '../model';
import { usePage } from '../page-context';
import { TaskCounts } from '../parts/TaskCounts';
import { LongText } from '../parts/LongText';
import { heldBecause, reasonOf } from '../parts/reason';
import { RunProgress } from '../parts/RunProgress';
import { StatusTag } from '../parts/StatusTag';
import { hasFailed, isBlocked, isRunning } from '../task-state';

/** How the last run of a source went, or how far it is. */
export function LastRun({ task }: { readonly task: Source['lastTask'] }) {
  const { t, locale, openTask } = usePage();
  if (!task) return <Typography.Text type="secondary">{t('Never')}</Typography.Text>;
  if (isRunning(task)) return <RunProgress task={task} />;
  const time = task.finishedAt ?? task.createdAt;
  return (
    <Flex vertical gap={4}>
      <Flex gap={4} align="center" wrap>
        <StatusTag task={task} />
        <Tooltip title={formatTime(time, locale)}>
          <time dateTime={time}>{formatAgo(time, locale)}</time>
        </Tooltip>
      </Flex>
      {task.code ? (
        <LongText rows={4}>
          <Typography.Text type={hasFailed(task) && !task.dryRun ? 'danger' : undefined}>
            {isBlocked(task) ? heldBecause(task, t) : reasonOf(task, t)}
          </Typography.Text>
        </LongText>
      ) : (
        task.counts && <TaskCounts task={task} />
      )}
      {isBlocked(task) && (
        <div>
          <Button size="small" danger onClick={() => openTask(task.id)}>
            {t('Review')}
          </Button>
        </div>
      )}
    </Flex>
  );
}
