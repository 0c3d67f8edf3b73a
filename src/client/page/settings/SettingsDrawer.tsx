import { Alert, Button, Flex, Form, InputNumber, Skeleton } from 'antd';
import { useState } from 'react';
import type { Settings } from '../model';
import { usePage } from '../page-context';
import { ErrorNotice } from '../parts/ErrorNotice';
import { PageDrawer } from '../parts/PageDrawer';
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
  const save = async ({ outcomeDays, taskDays, userLimit }: Settings) => {
    setBusy(true);
    setFailure(undefined);
    try {
      await api.saveSettings({ outcomeDays, taskDays, userLimit: userLimit ?? null });
      notify.succeeded(t('Saved'));
      onClose();
    } catch (refusal) {
      setFailure((refusal as Error).message);
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
            <Button type="primary" loading={busy} disabled={!data} onClick={() => form.submit()}>
              {t('Save')}
            </Button>
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
  const needed = [{ required: true, message: t('Enter a number.') }];
  return (
    <>
      <Form.Item
        name="outcomeDays"
        label={t('Keep what became of each record (days)')}
        extra={t('The list of a task, and the changes of a person, go back this far.')}
        rules={needed}
      >
        <InputNumber precision={0} style={{ width: '100%' }} />
      </Form.Item>
      <Form.Item
        name="taskDays"
        label={t('Keep tasks (days)')}
        extra={t('The update history, with the counts of each run, goes back this far.')}
        rules={needed}
      >
        <InputNumber precision={0} style={{ width: '100%' }} />
      </Form.Item>
      <Form.Item
        name="userLimit"
        label={t('Enabled users, at most')}
        extra={t('No run makes or enables users beyond that. Empty for no limit.')}
      >
        <InputNumber precision={0} style={{ width: '100%' }} />
      </Form.Item>
    </>
  );
}
