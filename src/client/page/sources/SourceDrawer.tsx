import { Alert, Button, Flex, Form, Input, Switch } from 'antd';
import { useRef, useState } from 'react';
import { DEFAULT_RULES } from '../../../common/rules';
import { API_SOURCE_TYPE } from '../../../common/sources';
import type { ForeignForm } from '../host';
import type { Source, SourceType, SourceValues } from '../model';
import { usePage } from '../page-context';
import { markRefused } from '../parts/mark-refused';
import { PageDrawer } from '../parts/PageDrawer';
import { SaveButton } from '../parts/SaveButton';
import { useDiscard } from '../parts/use-discard';
import { useNotify } from '../parts/use-notify';
import { HttpApiPanel } from './HttpApiPanel';
import { findWrong } from './find-wrong';
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

/** The settings that all sources have, and the form of the type. Nothing that the form does not know is lost. */
export function SourceDrawer({ edited: { type, source }, onClose, onSaved }: SourceDrawerProps) {
  const { api, t } = usePage();
  const notify = useNotify();
  const [form] = Form.useForm<SourceValues>();
  const foreignForm = useRef<ForeignForm>(null);
  const { close, question } = useDiscard(form, onClose);
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [loading, setLoading] = useState(false);
  const [rulesOpen, setRulesOpen] = useState(false);
  const sourceType = source?.sourceType ?? type?.name ?? '';

  const options = (): Record<string, unknown> => {
    const values = form.getFieldValue('options') as Record<string, unknown> | undefined;
    // A field that went, because of another choice, has left its value in the form.
    const names = Object.keys(form.getFieldsValue().options ?? {});
    const own = { ...source?.options, ...Object.fromEntries(names.map((name) => [name, values?.[name]])) };
    return foreignForm.current?.applyTo(own) ?? own;
  };
  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    setFailure(undefined);
    try {
      await work();
    } catch (error) {
      const { message } = error as Error;
      setFailure(message);
      if (markRefused(form, error as Error) && message.includes('rules.')) setRulesOpen(true);
    }
    setBusy(false);
  };
  /** Lets both forms say what is wrong, the page's own and the one that keeps its values itself. */
  const isRight = async (part?: 'options') => {
    const wrong = await findWrong(form, source?.secretsSet ?? [], part);
    const foreign = foreignForm.current;
    const isForeignRight = await (wrong || part ? foreign?.validate() : foreign?.submit());
    if (wrong?.[0] === 'rules') setRulesOpen(true);
    if (wrong) form.scrollToField(wrong, { focus: true });
    return !wrong && isForeignRight !== false;
  };
  const save = () =>
    attempt(async () => {
      if (!(await isRight())) return;
      // All values: rules that were not looked at have no fields.
      const { name, displayName, enabled, rules } = form.getFieldsValue(true) as SourceValues;
      const common = { displayName, enabled, rules };
      if (source) await api.updateSource(source.id, { ...common, ...(type ? { options: options() } : {}) });
      else await api.createSource({ ...common, name, sourceType, options: options() });
      onSaved();
    });
  const test = () =>
    attempt(async () => {
      if (!(await isRight('options'))) return;
      const found = await api.testConnection({ id: source?.id, sourceType, options: options() });
      notify.succeeded(t('Connection works: {{found}}', { found }));
    });

  return (
    <PageDrawer
      onClose={close}
      width={640}
      focusesField={!source}
      title={source ? t('Configure {{source}}', { source: sourceTitle(source, t) }) : t('Add source')}
      footer={
        <Flex vertical gap={12}>
          {failure && <Alert type="error" showIcon role="alert" message={failure} />}
          <Flex justify="end" gap={8} wrap>
            {type?.canTest && (
              <Button onClick={() => void test()} disabled={busy || loading}>
                {t('Test connection')}
              </Button>
            )}
            <Button onClick={close}>{t('Cancel')}</Button>
            <SaveButton busy={busy} disabled={loading} onClick={() => void save()} />
          </Flex>
        </Flex>
      }
    >
      {question}
      {source?.sourceType === API_SOURCE_TYPE && <HttpApiPanel sourceName={source.name} />}
      <Form<SourceValues>
        form={form}
        layout="vertical"
        initialValues={{ enabled: true, options: {}, rules: DEFAULT_RULES, sourceType, ...source }}
      >
        <Form.Item label={t('Type')}>
          <Input value={type ? typeTitle(type, t) : sourceType} disabled aria-label={t('Type')} />
        </Form.Item>
        {/* Forms of types may watch it. */}
        <Form.Item name="sourceType" hidden>
          <Input disabled />
        </Form.Item>
        <Form.Item
          name="name"
          label={t('Name')}
          extra={t('Unique ID of this source. Cannot be changed later.')}
          rules={[{ required: true, whitespace: true, max: 255, message: t('Enter a name for the source.') }]}
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
          source={source}
          sourceType={sourceType}
          isKnown={type !== undefined}
          foreignForm={foreignForm}
          onLoading={setLoading}
          onClose={onClose}
        />
        {sourceType === API_SOURCE_TYPE && <PushRolesField />}
        <RulesSection open={rulesOpen} onToggle={setRulesOpen} />
      </Form>
    </PageDrawer>
  );
}
