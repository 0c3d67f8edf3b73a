import { Alert, Button, Flex, Form, Skeleton } from 'antd';
import { useState } from 'react';
import { MAX_SETTINGS, type Settings } from '../../../common/settings';
import { usePage } from '../page-context';
import { ErrorNotice } from '../parts/ErrorNotice';
import { markRefused } from '../parts/mark-refused';
import { NumberField } from '../parts/NumberField';
import { PageDrawer } from '../parts/PageDrawer';
import { SaveButton } from '../parts/SaveButton';
import { useNotify } from '../parts/use-notify';
import { useLoad } from '../use-load';

/** What holds for all sources: how long things are kept, and how many users may be enabled. */
export function SettingsDrawer({ onClose }: { readonly onClose: () => void }) {
  const { api, t } = usePage();
  const notify = useNotify();
  const [form] = Form.useForm<Settings>();
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
      onClose={onClose}
      width={480}
      title={t('Settings')}
      footer={
        <Flex vertical gap={12}>
          {failure && <Alert type="error" showIcon role="alert" message={failure} />}
          <Flex justify="end" gap={8}>
            <Button onClick={onClose}>{t('Cancel')}</Button>
            <SaveButton busy={busy} disabled={!data} onClick={() => form.submit()} />
          </Flex>
        </Flex>
      }
    >
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
  return (
    <>
      <NumberField
        name="outcomeDays"
        label={t('Keep what became of each record (days)')}
        extra={t('The list of a task, and the changes of a person, go back this far.')}
        min={1}
        max={MAX_SETTINGS.outcomeDays}
      />
      <NumberField
        name="taskDays"
        label={t('Keep tasks (days)')}
        extra={t('The update history, with the counts of each run, goes back this far.')}
        min={1}
        max={MAX_SETTINGS.taskDays}
      />
      <NumberField
        optional
        name="userLimit"
        label={t('Enabled users, at most')}
        extra={t('No run makes or enables users beyond that. Empty for no limit.')}
        min={1}
        max={MAX_SETTINGS.userLimit}
      />
      <NumberField
        name="removalWindowHours"
        label={t('Count removals over (hours)')}
        extra={t('What a source removed in this time counts when a run is judged by the limits of the source.')}
        min={1}
        max={MAX_SETTINGS.removalWindowHours}
      />
      <NumberField
        name="heldDays"
        label={t('Keep runs that are held (days)')}
        extra={t('After that, a run that nobody approved or rejected is canceled. Nothing of it is written.')}
        min={1}
        max={MAX_SETTINGS.heldDays}
      />
    </>
  );
}
