import { Alert, Button, Flex, Form, Input, Switch } from 'antd';
import { useState } from 'react';
import type { Source, SourceType, SourceValues } from '../model';
import { usePage } from '../page-context';
import { PageDrawer } from '../parts/PageDrawer';
import { SaveButton } from '../parts/SaveButton';
import { useNotify } from '../parts/use-notify';
import { HttpApiPanel } from './HttpApiPanel';
import { DEFAULT_RULES, type SourceRules } from './rules';
import { markRefused } from './mark-refused';
import { PushRolesField } from './rules-form/PushRolesField';
import { RulesSection } from './rules-form/RulesSection';
import { TypeForm } from './TypeForm';
import { sourceTitle, typeTitle } from './titles';

/** A source that is configured: a new one of a type, or one that is there, whose type may be unknown. */
export interface EditedSource {
  readonly type?: SourceType;
  readonly source?: Source;
}

interface SourceDrawerProps {
  readonly edited: EditedSource;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

/** The same object at every rendering: forms start anew when they are handed other options. */
const NO_OPTIONS: Readonly<Record<string, unknown>> = {};

/** The settings that all sources have, and the form of the type. Nothing that the form does not know is lost. */
export function SourceDrawer({ edited: { type, source }, onClose, onSaved }: SourceDrawerProps) {
  const { api, t } = usePage();
  const notify = useNotify();
  const [form] = Form.useForm<SourceValues>();
  const [foreign, setForeign] = useState<Record<string, unknown>>();
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [rulesOpen, setRulesOpen] = useState(false);
  const sourceType = source?.sourceType ?? type?.name ?? '';

  const options = (): Record<string, unknown> => ({
    ...source?.options,
    ...(form.getFieldValue('options') as Record<string, unknown> | undefined),
    ...foreign,
  });
  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    setFailure(undefined);
    try {
      await work();
    } catch (error) {
      const { message } = error as Error;
      setFailure(message);
      if (markRefused(form, message) && message.includes('rules.')) setRulesOpen(true);
    }
    setBusy(false);
  };
  const save = (values: SourceValues) =>
    attempt(async () => {
      const { displayName, enabled } = values;
      // Rules that were not looked at have no fields, so they are not among the values.
      const rules = form.getFieldValue('rules') as SourceRules;
      const common = { displayName, enabled, rules };
      if (source) await api.updateSource(source.id, { ...common, ...(type ? { options: options() } : {}) });
      else await api.createSource({ ...common, name: values.name, sourceType, options: options() });
      onSaved();
    });
  const test = () =>
    attempt(async () => {
      const found = await api.testConnection({ id: source?.id, sourceType, options: options() });
      notify.succeeded(t('It works. Found: {{found}}', { found }));
    });

  return (
    <PageDrawer
      onClose={onClose}
      width={640}
      focusesField={!source}
      title={source ? t('Configure {{source}}', { source: sourceTitle(source, t) }) : t('Add source')}
      footer={
        <Flex vertical gap={12}>
          {failure && <Alert type="error" showIcon role="alert" message={failure} />}
          <Flex justify="end" gap={8} wrap>
            {type?.canTest && (
              <Button onClick={() => void test()} disabled={busy}>
                {t('Test connection')}
              </Button>
            )}
            <Button onClick={onClose}>{t('Cancel')}</Button>
            <SaveButton busy={busy} onClick={() => form.submit()} />
          </Flex>
        </Flex>
      }
    >
      {source?.sourceType === 'api' && <HttpApiPanel sourceName={source.name} />}
      <Form<SourceValues>
        form={form}
        layout="vertical"
        scrollToFirstError={{ focus: true }}
        initialValues={{ enabled: true, options: {}, rules: DEFAULT_RULES, ...source }}
        onFinish={(values) => void save(values)}
        onFinishFailed={({ errorFields }) => {
          if (errorFields.some(({ name }) => name[0] === 'rules')) setRulesOpen(true);
        }}
      >
        <Form.Item label={t('Type')}>
          <Input value={type ? typeTitle(type, t) : sourceType} disabled aria-label={t('Type')} />
        </Form.Item>
        <Form.Item
          name="name"
          label={t('Name')}
          extra={t('By this name the source owns what it brings in. It cannot be changed later.')}
          rules={[{ required: true, whitespace: true, max: 255, message: t('Give the source a name.') }]}
        >
          <Input disabled={source !== undefined} />
        </Form.Item>
        <Form.Item name="displayName" label={t('Display name')}>
          <Input maxLength={255} />
        </Form.Item>
        <Form.Item name="enabled" label={t('Enabled')} valuePropName="checked">
          <Switch />
        </Form.Item>
        <TypeForm
          sourceType={sourceType}
          isKnown={type !== undefined}
          options={source?.options ?? NO_OPTIONS}
          secretsSet={source?.secretsSet ?? []}
          onForeignChange={setForeign}
        />
        {sourceType === 'api' && <PushRolesField />}
        <RulesSection open={rulesOpen} onToggle={setRulesOpen} />
      </Form>
    </PageDrawer>
  );
}
