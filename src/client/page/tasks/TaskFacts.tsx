import { Descriptions } from 'antd';
import { formatDuration, formatTime } from '../format';
import type { Task } from '../model';
import { usePage } from '../page-context';
import { startedBy } from '../parts/started-by';
import { StatusTag } from '../parts/StatusTag';
import { sourceTitle } from '../sources/titles';

/** What is known about a run as a whole. */
export function TaskFacts({ task }: { readonly task: Task }) {
  const { t, locale } = usePage();
  return (
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
  );
}
