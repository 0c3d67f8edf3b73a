import { Alert, Button, Flex } from 'antd';
import { useState } from 'react';
import { formatTime } from '../format';
import type { Task } from '../model';
import { usePage } from '../page-context';
import { BusyButton } from '../parts/BusyButton';
import { ConfirmDialog } from '../parts/ConfirmDialog';
import { heldBecause } from '../parts/reason';
import { useTaskActions } from './use-task-actions';

/** What would be removed, by what it is about; what earlier versions stored does not say that. */
const QUESTIONS: Readonly<Record<string, string>> = {
  both: '{{users}} of {{ownedUsers}} users and {{departments}} of {{ownedDepartments}} departments will be disabled, deleted or unlinked. See the list.',
  users: '{{users}} of {{ownedUsers}} users will be disabled, deleted or unlinked. See the list.',
  departments: '{{departments}} of {{ownedDepartments}} departments will be deleted or unlinked. See the list.',
};

/** A run that is held: why, what it would remove, and the decision. */
export function BlockedNotice({ task }: { readonly task: Task }) {
  const { t, locale } = usePage();
  const { approve, reject } = useTaskActions();
  const [asking, setAsking] = useState(false);
  const params = task.params ?? {};
  return (
    <Alert
      type="warning"
      showIcon
      role="alert"
      style={{ marginBottom: 16 }}
      message={t('This run needs approval. Nothing was written.')}
      description={
        <Flex vertical gap={12}>
          <span>{heldBecause(task, t)}</span>
          <span>
            {t('The list below shows what would be removed. Approve to remove it. Reject to keep everything as is.')}
          </span>
          {task.heldUntil && (
            <span>{t('It can be approved until {{time}}.', { time: formatTime(task.heldUntil, locale) })}</span>
          )}
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
              {t(QUESTIONS[String(params.concerns)] ?? QUESTIONS.both, params)}
            </ConfirmDialog>
          )}
        </Flex>
      }
    />
  );
}
