import { Descriptions } from 'antd';
import { formatDuration, formatTime } from '../format';
import type { Translate } from '../host';
import type { Task } from '../model';
import { usePage } from '../page-context';
import { LongText } from '../parts/LongText';
import { personName } from '../parts/person-name';
import { startedBy } from '../parts/started-by';
import { StatusTag } from '../parts/StatusTag';
import { sourceTitleOf } from '../sources/titles';
import { isRejected } from '../task-state';

/** Who decided about a run that was held, and when. */
const decision = (task: Task, t: Translate, locale: string) => ({
  key: 'decision',
  label: isRejected(task) ? t('Rejected by') : t('Approved by'),
  children: [personName(task.decidedBy), formatTime(task.decidedAt, locale)].filter(Boolean).join(', '),
});

/** What is known about a run as a whole. */
export function TaskFacts({ task }: { readonly task: Task }) {
  const { t, locale } = usePage();
  return (
    <Descriptions
      size="small"
      column={{ xs: 1, sm: 2, lg: 3 }}
      style={{ marginBottom: 16 }}
      items={[
        { key: 'status', label: t('Status'), children: <StatusTag task={task} /> },
        { key: 'source', label: t('Source'), children: <LongText>{sourceTitleOf(task, t)}</LongText> },
        { key: 'trigger', label: t('Started by'), children: <LongText>{startedBy(task, t)}</LongText> },
        { key: 'started', label: t('Started'), children: formatTime(task.startedAt ?? task.createdAt, locale) },
        { key: 'cost', label: t('Duration'), children: formatDuration(task.cost, locale) },
        { key: 'mode', label: t('Mode'), children: task.mode ? t(`mode.${task.mode}`) : '–' },
        { key: 'attempt', label: t('Attempt'), children: task.attempt ?? 1 },
        { key: 'batch', label: t('Batch'), children: task.batch },
        ...(task.decidedAt ? [decision(task, t, locale)] : []),
      ]}
    />
  );
}
