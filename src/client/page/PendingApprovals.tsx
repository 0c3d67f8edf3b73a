import { Alert, Button } from 'antd';
import { tabAddress } from './address';
import { usePage } from './page-context';
import { useLoad } from './use-load';
import { useTaskEvents } from './use-task-events';

/** How many runs wait for approval, whatever was run since, and the way to them. */
export function PendingApprovals() {
  const { api, t, goTo, openTask } = usePage();
  const { data, reload } = useLoad(() => api.tasks({ status: ['blocked'] }, 1, 1), 'blocked');
  useTaskEvents(reload);
  if (!data?.count) return null;
  const review = () =>
    data.count === 1 ? openTask(data.rows[0].id) : goTo({ ...tabAddress('history'), status: 'blocked' });
  return (
    <Alert
      type="warning"
      showIcon
      role="status"
      style={{ marginBottom: 16 }}
      message={t('Runs that need approval: {{count}}', { count: data.count })}
      action={
        <Button size="small" onClick={review}>
          {t('Review runs')}
        </Button>
      }
    />
  );
}
