import { Alert, Button, Flex } from 'antd';
import { useState } from 'react';
import { formatTime } from '../format';
import type { Task } from '../model';
import { usePage } from '../page-context';
import { BusyButton } from '../parts/BusyButton';
import { ConfirmDialog } from '../parts/ConfirmDialog';
import { TaskCounts } from '../parts/TaskCounts';
import { heldBecause } from '../parts/reason';
import { TaskLink } from '../parts/TaskLink';
import { sourceTitleOf } from '../sources/titles';
import { isPushed } from '../task-state';
import { useTaskActions } from './use-task-actions';

/** What would be removed, by what it is about; what earlier versions stored does not say that. */
const QUESTIONS: Readonly<Record<string, string>> = {
  both: '{{users}} of {{ownedUsers}} users and {{departments}} of {{ownedDepartments}} departments will be disabled, deleted or unlinked. See the list.',
  users: '{{users}} of {{ownedUsers}} users will be disabled, deleted or unlinked. See the list.',
  departments: '{{departments}} of {{ownedDepartments}} departments will be deleted or unlinked. See the list.',
};

/** What a run may remove within some hours; what earlier versions stored does not say it. */
const LIMITS: Readonly<Record<string, string>> = {
  both: 'Allowed in {{hours}} hours: {{limitUsers}} users and {{limitDepartments}} departments.',
  users: 'Allowed in {{hours}} hours: {{limitUsers}} users.',
  departments: 'Allowed in {{hours}} hours: {{limitDepartments}} departments.',
};

/** A run that is held: why, what it would remove, and the decision. */
export function BlockedNotice({ task }: { readonly task: Task }) {
  const { t } = usePage();
  const { reject } = useTaskActions();
  const isOutdated = task.newerTaskId !== undefined && task.newerTaskId !== null;
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
          {isOutdated ? <Outdated task={task} /> : <Waiting task={task} />}
          <Flex gap={8} wrap>
            {isOutdated ? <RunAgain task={task} /> : <Approve task={task} />}
            <BusyButton label={t('Reject')} onClick={() => reject(task)} />
          </Flex>
        </Flex>
      }
    />
  );
}

/** What the decision means, and how long there is time for it. */
function Waiting({ task: { heldUntil } }: { readonly task: Task }) {
  const { t, locale } = usePage();
  return (
    <>
      <span>
        {t('The list below shows what would be removed. Approve to remove it. Reject to keep everything as is.')}
      </span>
      {heldUntil && <span>{t('It can be approved until {{time}}.', { time: formatTime(heldUntil, locale) })}</span>}
    </>
  );
}

/** Why there is nothing to approve any more, and what to do instead. */
function Outdated({ task }: { readonly task: Task }) {
  const { t } = usePage();
  return (
    <>
      <span>
        {t('The source has delivered newer data since, so this run can no longer be approved.')}{' '}
        <TaskLink id={task.newerTaskId ?? ''} />
      </span>
      {isPushed(task) && <span>{t('Push the records again.')}</span>}
    </>
  );
}

/** A push has nothing that could be asked again. */
function RunAgain({ task }: { readonly task: Task }) {
  const { t } = usePage();
  const { runAgain } = useTaskActions();
  if (isPushed(task) || task.mode === 'purge' || !task.source) return null;
  return <BusyButton type="primary" label={t('Run again')} onClick={() => runAgain(task)} />;
}

/** Asks once more, and says what of which source would be removed, and which limit that exceeds. */
function Approve({ task }: { readonly task: Task }) {
  const { t } = usePage();
  const { approve } = useTaskActions();
  const params = task.params ?? {};
  const concerns = String(params.concerns);
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button type="primary" danger onClick={() => setAsking(true)}>
        {t('Approve')}
      </Button>
      {asking && (
        <ConfirmDialog
          danger
          title={t('Approve this run of {{source}}?', { source: sourceTitleOf(task, t) })}
          okText={t('Approve')}
          onClose={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false);
            void approve(task);
          }}
        >
          <Flex vertical gap={12}>
            <span>{t(QUESTIONS[concerns] ?? QUESTIONS.both, params)}</span>
            <TaskCounts task={task} />
            {params.limitUsers !== undefined && <span>{t(LIMITS[concerns] ?? LIMITS.both, params)}</span>}
          </Flex>
        </ConfirmDialog>
      )}
    </>
  );
}
