import { Progress } from 'antd';
import { formatNumber } from '../format';
import type { Task } from '../model';
import { usePage } from '../page-context';

/** How far a run is that goes on. */
export function RunProgress({ task }: { readonly task: Pick<Task, 'done' | 'total'> }) {
  const { t, locale } = usePage();
  const [done, total] = [task.done ?? 0, task.total ?? 0];
  const label = t('{{done}} of {{total}} records', {
    done: formatNumber(done, locale),
    total: formatNumber(total, locale),
  });
  return (
    <Progress
      percent={total > 0 ? Math.round((done / total) * 100) : 0}
      status="active"
      size="small"
      aria-label={label}
      format={() => label}
      style={{ minWidth: 180 }}
    />
  );
}
