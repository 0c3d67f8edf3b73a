import { Alert } from 'antd';
import type { Task } from '../model';
import { usePage } from '../page-context';
import { reasonOf } from '../parts/reason';
import { hasFailed, isRetryable } from '../task-state';

/** Why a run failed, and what to do when there is no Retry: a push has nothing that could be asked again. */
export function TaskNotice({ task }: { readonly task: Task }) {
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
