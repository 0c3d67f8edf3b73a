import { Flex, Progress, Typography } from 'antd';
import { formatNumber } from '../format';
import type { Task } from '../model';
import { usePage } from '../page-context';

/** How far a run is that goes on. */
export function RunProgress({ task }: { readonly task: Pick<Task, 'done' | 'total' | 'receivedAt'> }) {
  const { t, locale } = usePage();
  const [done, total] = [task.done ?? 0, task.total ?? 0];
  // Before the source has answered nobody knows how many there are.
  const isReading = total > 0 && done === 0 && !task.receivedAt;
  const numbers = { done: formatNumber(done, locale), total: formatNumber(total, locale) };
  const label = isReading
    ? t('Reading: {{total}} received', numbers)
    : total > 0
      ? t('{{done}} of {{total}} records', numbers)
      : t('status.processing');
  return (
    <Flex vertical>
      <Progress
        percent={total > 0 ? Math.round((done / total) * 100) : 0}
        status="active"
        size="small"
        showInfo={false}
        aria-label={label}
      />
      <Typography.Text aria-hidden>{label}</Typography.Text>
    </Flex>
  );
}
