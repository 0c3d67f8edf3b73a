import { Flex, Typography } from 'antd';
import { formatTime } from '../format';
import type { Task } from '../model';
import { usePage } from '../page-context';
import { TaskCounts } from '../parts/TaskCounts';
import { StatusTag } from '../parts/StatusTag';

/** What the attempts before the last one did: a retry counts anew. */
export function EarlierAttempts({ task: { earlierAttempts } }: { readonly task: Task }) {
  const { t, locale } = usePage();
  if (!earlierAttempts?.length) return null;
  return (
    <Flex vertical component="ul" gap={8} style={{ padding: 0, margin: '16px 0', listStyle: 'none' }}>
      {earlierAttempts.map((earlier) => (
        <Flex key={earlier.attempt} component="li" gap={12} wrap align="start">
          <Typography.Text strong>{t('Attempt {{number}}', { number: earlier.attempt })}</Typography.Text>
          <StatusTag task={earlier} />
          <Typography.Text type="secondary">{formatTime(earlier.startedAt, locale)}</Typography.Text>
          {earlier.counts && <TaskCounts task={earlier} />}
        </Flex>
      ))}
    </Flex>
  );
}
