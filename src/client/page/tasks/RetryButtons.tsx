import { Flex } from 'antd';
import type { Task } from '../model';
import { usePage } from '../page-context';
import { BusyButton } from '../parts/BusyButton';
import { canRetryFailed, isRetryable } from '../task-state';
import { useTaskActions } from './use-task-actions';

/** Runs a source again, or only the records that failed. */
export function RetryButtons({ task }: { readonly task: Task }) {
  const { t } = usePage();
  const { retry, retryFailed } = useTaskActions();
  return (
    <Flex gap={8} wrap>
      {canRetryFailed(task) && <BusyButton label={t('Retry failed records')} onClick={() => retryFailed(task)} />}
      {isRetryable(task) && <BusyButton type="primary" label={t('Retry')} onClick={() => retry(task)} />}
    </Flex>
  );
}
