import { Card, Form, Input, Radio, Select, Upload, Button, Typography } from 'antd';
import { UploadOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { useState } from 'react';
import { MATCH_KEYS } from '../../common/records';
import { usePage } from '../page/page-context';

/** What the fields of a table may be mapped to. Any other field of the collection can be typed in, too. */
const FIELDS = {
  departments: ['uid', 'title', 'parentUid', 'isDeleted'],
  users: [
    'uid',
    'nickname',
    'username',
    'email',
    'phone',
    'departments',
    'ownedDepartments',
    'mainDepartment',
    'isDeleted',
  ],
} as const;

/** The options of a source of type `file`. */
export default function FileSourceForm() {
  const { t } = usePage();
  return (
    <>
      <Form.Item
        name={['options', 'matchKey']}
        label={t('Match key')}
        extra={t('A person without a link yet is found among the existing users by this field.')}
      >
        <Select allowClear options={MATCH_KEYS.map((field) => ({ value: field, label: t(`field.${field}`) }))} />
      </Form.Item>
      <Form.Item
        name={['options', 'mode']}
        label={t('Delivers')}
        initialValue="delta"
        extra={t(
          'What becomes of the missing is set below. Runs that would remove many are held until somebody approves them.',
        )}
      >
        <Radio.Group
          name="mode"
          options={[
            { value: 'delta', label: t('Only what changed') },
            { value: 'full', label: t('Everything: who is missing has gone') },
          ]}
        />
      </Form.Item>
      <InputSettings part="departments" title={t('target.departments')} />
      <InputSettings part="users" title={t('target.users')} />
    </>
  );
}

/** One of the two inputs: a file on the server or an uploaded text, and what its columns mean. */
function InputSettings({ part, title }: { readonly part: keyof typeof FIELDS; readonly title: string }) {
  const { t } = usePage();
  const form = Form.useFormInstance();
  const name = ['options', part];
  const named = (label: string) => `${label}, ${title}`;
  const text = Form.useWatch<unknown>([...name, 'text'], { form, preserve: true });
  const [kind, setKind] = useState<'path' | 'text'>(() => (form.getFieldValue([...name, 'text']) ? 'text' : 'path'));
  return (
    <Card size="small" role="group" aria-label={title} title={title} style={{ marginBottom: 16 }}>
      <Form.Item label={t('Comes from')}>
        <Radio.Group
          aria-label={named(t('Comes from'))}
          value={kind}
          optionType="button"
          options={[
            { value: 'path', label: t('File on the server') },
            { value: 'text', label: t('Uploaded file') },
          ]}
          onChange={(event) => {
            const chosen = event.target.value as 'path' | 'text';
            setKind(chosen);
            form.setFieldValue([...name, chosen === 'path' ? 'text' : 'path'], undefined);
          }}
        />
      </Form.Item>
      {kind === 'path' ? (
        <Form.Item
          name={[...name, 'path']}
          label={t('Path')}
          extra={t('Below the folder user-data-sync in the storage folder of the server, for example hr/people.csv.')}
        >
          <Input aria-label={named(t('Path'))} placeholder="hr/people.csv" />
        </Form.Item>
      ) : (
        <Form.Item label={t('File')}>
          <Upload
            accept=".csv,.tsv,.txt,.json"
            maxCount={1}
            showUploadList={false}
            beforeUpload={async (file) => {
              form.setFieldValue([...name, 'text'], await file.text());
              form.setFieldValue([...name, 'format'], file.name.toLowerCase().endsWith('.json') ? 'json' : 'csv');
              return Upload.LIST_IGNORE;
            }}
          >
            <Button icon={<UploadOutlined aria-hidden />} aria-label={named(t('Choose a CSV or JSON file'))}>
              {t('Choose a CSV or JSON file')}
            </Button>
          </Upload>
          <Form.Item name={[...name, 'text']} hidden noStyle>
            <Input />
          </Form.Item>
          <Form.Item name={[...name, 'format']} hidden noStyle>
            <Input />
          </Form.Item>
          {typeof text === 'string' && text !== '' && (
            <Typography.Text type="secondary">
              {t('{{count}} lines are there.', { count: text.split('\n').length })}
            </Typography.Text>
          )}
        </Form.Item>
      )}
      <MappingField name={[...name, 'mapping']} fields={FIELDS[part]} named={named} />
    </Card>
  );
}

/** A label with what the field is about: both inputs have the same fields. */
type Named = (label: string) => string;

interface MappingProps {
  readonly name: (string | number)[];
  readonly fields: readonly string[];
  readonly named: Named;
}

/** Header → field. An empty mapping means that headers are the names of fields. */
function MappingField({ name, fields, named }: MappingProps) {
  const { t } = usePage();
  return (
    <Form.Item label={t('Columns')} extra={t('Without any, the headers are taken as the names of fields.')}>
      <Form.Item name={name} noStyle>
        <MappingRows fields={fields} named={named} />
      </Form.Item>
    </Form.Item>
  );
}

interface MappingRowsProps {
  readonly fields: readonly string[];
  readonly named: Named;
  readonly value?: Readonly<Record<string, string>>;
  readonly onChange?: (mapping: Record<string, string> | undefined) => void;
}

function MappingRows({ fields, named, value, onChange }: MappingRowsProps) {
  const { t } = usePage();
  const [rows, setRows] = useState<[header: string, field: string][]>(() => Object.entries(value ?? {}));
  const change = (next: [string, string][]) => {
    setRows(next);
    const filled = next.filter(([header, field]) => header !== '' && field !== '');
    onChange?.(filled.length > 0 ? Object.fromEntries(filled) : undefined);
  };
  const replace = (index: number, row: [string, string]) => change(rows.map((old, at) => (at === index ? row : old)));
  return (
    <>
      {rows.map(([header, field], index) => (
        <div key={index} style={{ display: 'flex', flexWrap: 'wrap', gap: 8, marginBottom: 8 }}>
          <Input
            aria-label={named(t('Header {{number}}', { number: index + 1 }))}
            placeholder={t('Header')}
            style={{ flex: '2 1 140px' }}
            value={header}
            onChange={(event) => replace(index, [event.target.value, field])}
          />
          <Select
            aria-label={named(t('Field {{number}}', { number: index + 1 }))}
            placeholder={t('Field')}
            style={{ flex: '1 1 140px' }}
            value={field || undefined}
            options={fields.map((known) => ({ value: known, label: t(`field.${known}`) }))}
            onChange={(chosen: string) => replace(index, [header, chosen])}
          />
          <Button
            icon={<DeleteOutlined aria-hidden />}
            aria-label={named(t('Remove column {{number}}', { number: index + 1 }))}
            onClick={() => change(rows.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      <Button
        type="dashed"
        icon={<PlusOutlined aria-hidden />}
        aria-label={named(t('Add column'))}
        onClick={() => setRows([...rows, ['', '']])}
      >
        {t('Add column')}
      </Button>
    </>
  );
}
