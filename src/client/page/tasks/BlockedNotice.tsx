import { Alert, Button, Flex } from 'antd';
import { useState } from 'react';
import type { Task } from '../model';
import { usePage } from '../page-context';
import { BusyButton } from '../parts/BusyButton';
import { ConfirmDialog } from '../parts/ConfirmDialog';
import { heldBecause } from '../parts/reason';
import { useTaskActions } from './use-task-actions';

/** A run that is held: why, what it would remove, and the decision. */
export function BlockedNotice({ task }: { readonly task: Task }) {
  const { t } = usePage();
  const { approve, reject } = useTaskActions();
  const [asking, setAsking] = useState(false);
  const params = task.params ?? {};
  return (
    <Alert
      type="warning"
      showIcon
      role="alert"
      style={{ marginBottom: 16 }}
      message={t('This run is held. Nothing of it was written.')}
      description={
        <Flex vertical gap={12}>
          <span>{heldBecause(task, t)}</span>
          <span>{t('The list below says who would go. Approve does that; Reject leaves everything as it is.')}</span>
          <Flex gap={8} wrap>
            <Button type="primary" danger onClick={() => setAsking(true)}>
              {t('Approve')}
            </Button>
            <BusyButton label={t('Reject')} onClick={() => reject(task)} />
          </Flex>
          {asking && (
            <ConfirmDialog
              danger
              title={t('Approve this run?')}
              okText={t('Approve')}
              onClose={() => setAsking(false)}
              onConfirm={() => {
                setAsking(false);
                void approve(task);
              }}
            >
              {t(
                '{{users}} of {{ownedUsers}} users and {{departments}} of {{ownedDepartments}} departments go, as the list says: disabled, deleted or let go.',
                params,
              )}
            </ConfirmDialog>
          )}
        </Flex>
      }
    />
  );
}
