import { Alert } from 'antd';
import type { Translate } from '../host';
import type { Task } from '../model';
import { usePage } from '../page-context';
import { reasonOf } from '../parts/reason';
import { canRetryFailed, hasFailed, isBlocked, isCanceled, isPushed, isRetryable } from '../task-state';
import { BlockedNotice } from './BlockedNotice';
import { PreviewNotice } from './PreviewNotice';

/** What has to be known of a run before anything else: that it is held, is a preview, or failed. */
export function TaskNotice({ task }: { readonly task: Task }) {
  const { t } = usePage();
  if (isBlocked(task)) return <BlockedNotice task={task} />;
  if (isCanceled(task))
    return <Alert type="info" showIcon role="note" message={reasonOf(task, t)} style={{ marginBottom: 16 }} />;
  return (
    <>
      {task.dryRun && <PreviewNotice task={task} />}
      {hasFailed(task) && !(task.dryRun && task.status === 'partially_failed') && <Problem task={task} />}
    </>
  );
}

/** Why a run failed, and what to do about it. */
function Problem({ task }: { readonly task: Task }) {
  const { t } = usePage();
  const reason = reasonOf(task, t);
  const advice = adviceFor(task, t);
  if (!reason && !advice) return null;
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

/** What to do when there is no Retry: a push, for example, has nothing that could be asked again. */
function adviceFor(task: Task, t: Translate): string | undefined {
  if (isRetryable(task)) return undefined;
  if (task.dryRun) return t('Fix the problem, then press Preview again.');
  if (task.mode === 'purge') return t('Fix the problems in the list, then delete the source again.');
  if (!isPushed(task)) return undefined;
  return canRetryFailed(task) ? t('Retry the failed records, or push them again.') : t('Push the records again.');
}
