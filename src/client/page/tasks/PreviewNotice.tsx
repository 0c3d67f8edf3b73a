import { Alert, Button, Flex } from 'antd';
import { useState } from 'react';
import type { Task } from '../model';
import { usePage } from '../page-context';
import { BusyButton } from '../parts/BusyButton';
import { ConfirmDialog } from '../parts/ConfirmDialog';
import { reasonOf } from '../parts/reason';
import { sourceTitleOf } from '../sources/titles';
import { canRunNow, isRunning } from '../task-state';
import { useTaskActions } from './use-task-actions';

/** A preview: that nothing was written, whether the run would be held, and how to run it. */
export function PreviewNotice({ task }: { readonly task: Task }) {
  const { t } = usePage();
  return (
    <>
      <Alert
        type="info"
        showIcon
        role="note"
        style={{ marginBottom: 16 }}
        message={
          isRunning(task)
            ? t('This is a preview. Nothing will be written.')
            : t('This is a preview. Nothing was written.')
        }
        description={
          canRunNow(task) && (
            <Flex gap={12} wrap justify="space-between">
              {t('Here is what a run would change.')}
              <RunNow task={task} />
            </Flex>
          )
        }
      />
      {task.code === 'WOULD_BE_HELD' && (
        <Alert type="warning" showIcon role="alert" message={reasonOf(task, t)} style={{ marginBottom: 16 }} />
      )}
    </>
  );
}

/** What only removes asks once more. */
function RunNow({ task }: { readonly task: Task }) {
  const { t } = usePage();
  const { runNow } = useTaskActions();
  const [asking, setAsking] = useState(false);
  if (task.mode !== 'purge') return <BusyButton type="primary" label={t('Run now')} onClick={() => runNow(task)} />;
  return (
    <>
      <Button type="primary" danger onClick={() => setAsking(true)}>
        {t('Run now')}
      </Button>
      {asking && (
        <ConfirmDialog
          danger
          title={t('Remove the users and departments imported by {{source}}?', { source: sourceTitleOf(task, t) })}
          okText={t('Run now')}
          onClose={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false);
            void runNow(task);
          }}
        >
          {t('The run makes the changes listed in the preview. This cannot be undone.')}
        </ConfirmDialog>
      )}
    </>
  );
}
