import { Alert, Button, Flex, Form, Skeleton } from 'antd';
import { useState } from 'react';
import { MAX_SETTINGS, type Settings } from '../../../common/settings';
import { usePage } from '../page-context';
import { ErrorNotice } from '../parts/ErrorNotice';
import { markRefused } from '../parts/mark-refused';
import { NumberField } from '../parts/NumberField';
import { PageDrawer } from '../parts/PageDrawer';
import { SaveButton } from '../parts/SaveButton';
import { useDiscard } from '../parts/use-discard';
import { useNotify } from '../parts/use-notify';
import { useLoad } from '../use-load';

/** What holds for all sources: how long things are kept, and how many users may be enabled. */
export function SettingsDrawer({ onClose }: { readonly onClose: () => void }) {
  const { api, t } = usePage();
  const notify = useNotify();
  const [form] = Form.useForm<Settings>();
  const { close, question } = useDiscard(form, onClose);
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState(false);
  const { data, error, reload } = useLoad(() => api.settings(), 'settings');
  const save = async ({ userLimit, ...settings }: Settings) => {
    setBusy(true);
    setFailure(undefined);
    try {
      await api.saveSettings({ ...settings, userLimit: userLimit ?? null });
      notify.succeeded(t('Saved'));
      onClose();
    } catch (refusal) {
      setFailure((refusal as Error).message);
      markRefused(form, refusal as Error);
      setBusy(false);
    }
  };
  return (
    <PageDrawer
      onClose={close}
      width={480}
      title={t('Settings')}
      footer={
        <Flex vertical gap={12}>
          {failure && <Alert type="error" showIcon role="alert" message={failure} />}
          <Flex justify="end" gap={8}>
            <Button onClick={close}>{t('Cancel')}</Button>
            <SaveButton busy={busy} disabled={!data} onClick={() => form.submit()} />
          </Flex>
        </Flex>
      }
    >
      {question}
      {error && <ErrorNotice error={error} onRetry={reload} />}
      {!data && !error && <Skeleton active />}
      {data && (
        <Form<Settings>
          form={form}
          layout="vertical"
          initialValues={data}
          scrollToFirstError={{ focus: true }}
          onFinish={(values) => void save(values)}
        >
          <SettingsFields />
        </Form>
      )}
    </PageDrawer>
  );
}

function SettingsFields() {
  const { t } = usePage();
  const taskDays = Form.useWatch<number | undefined>('taskDays');
  return (
    <>
      <NumberField
        name="outcomeDays"
        label={t('Keep record details (days)')}
        extra={t('How long the records of a task and the changes of a user are kept.')}
        min={1}
        // They go with their tasks.
        max={Math.min(MAX_SETTINGS.outcomeDays, taskDays ?? MAX_SETTINGS.outcomeDays)}
      />
      <NumberField
        name="taskDays"
        label={t('Keep tasks (days)')}
        extra={t('How long the update history and the counts of each run are kept.')}
        min={1}
        max={MAX_SETTINGS.taskDays}
      />
      <NumberField
        optional
        name="userLimit"
        label={t('Maximum number of enabled users')}
        extra={t('Runs do not create or enable users above this number. Leave empty for no limit.')}
        min={1}
        max={MAX_SETTINGS.userLimit}
      />
      <NumberField
        name="removalWindowHours"
        label={t('Count removals over (hours)')}
        extra={t('Removals in this period count towards the limits of the source.')}
        min={1}
        max={MAX_SETTINGS.removalWindowHours}
      />
      <NumberField
        name="heldDays"
        label={t('Keep runs waiting for approval (days)')}
        extra={t('Runs that are not approved or rejected in this time are canceled. Nothing is written.')}
        min={1}
        max={MAX_SETTINGS.heldDays}
      />
    </>
  );
}
