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
        extra={t('Match new records to existing users by this field.')}
      >
        <Select allowClear options={MATCH_KEYS.map((field) => ({ value: field, label: t(`field.${field}`) }))} />
      </Form.Item>
      <Form.Item
        name={['options', 'mode']}
        label={t('Delivery mode')}
        initialValue="delta"
        extra={t('Choose below what happens to missing records. Runs that would remove many records need approval.')}
      >
        <Radio.Group
          name="mode"
          options={[
            { value: 'delta', label: t('Only changed records') },
            { value: 'full', label: t('Full list: missing records are removed') },
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
  const text = Form.useWatch<unknown>([...name, 'text'], { form, preserve: true });
  const [kind, setKind] = useState<'path' | 'text'>(() => (form.getFieldValue([...name, 'text']) ? 'text' : 'path'));
  return (
    <Card size="small" title={title} style={{ marginBottom: 16 }}>
      <Form.Item label={t('File location')}>
        <Radio.Group
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
          extra={t('Path inside the folder user-data-sync of the storage folder, for example hr/people.csv.')}
        >
          <Input placeholder="hr/people.csv" />
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
            <Button icon={<UploadOutlined aria-hidden />}>{t('Choose a CSV or JSON file')}</Button>
          </Upload>
          <Form.Item name={[...name, 'text']} hidden noStyle>
            <Input />
          </Form.Item>
          <Form.Item name={[...name, 'format']} hidden noStyle>
            <Input />
          </Form.Item>
          {typeof text === 'string' && text !== '' && (
            <Typography.Text type="secondary">
              {t('The file has {{count}} lines.', { count: text.split('\n').length })}
            </Typography.Text>
          )}
        </Form.Item>
      )}
      <MappingField name={[...name, 'mapping']} fields={FIELDS[part]} />
    </Card>
  );
}

interface MappingProps {
  readonly name: (string | number)[];
  readonly fields: readonly string[];
}

/** Header → field. An empty mapping means that headers are the names of fields. */
function MappingField({ name, fields }: MappingProps) {
  const { t } = usePage();
  return (
    <Form.Item label={t('Columns')} extra={t('If you add no columns, the headers are used as field names.')}>
      <Form.Item name={name} noStyle>
        <MappingRows fields={fields} />
      </Form.Item>
    </Form.Item>
  );
}

interface MappingRowsProps {
  readonly fields: readonly string[];
  readonly value?: Readonly<Record<string, string>>;
  readonly onChange?: (mapping: Record<string, string> | undefined) => void;
}

function MappingRows({ fields, value, onChange }: MappingRowsProps) {
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
        <div key={index} style={{ display: 'flex', gap: 8, marginBottom: 8 }}>
          <Input
            aria-label={t('Header {{number}}', { number: index + 1 })}
            placeholder={t('Header')}
            value={header}
            onChange={(event) => replace(index, [event.target.value, field])}
          />
          <Select
            aria-label={t('Field {{number}}', { number: index + 1 })}
            placeholder={t('Field')}
            style={{ minWidth: 160 }}
            value={field || undefined}
            options={fields.map((known) => ({ value: known, label: t(`field.${known}`) }))}
            onChange={(chosen: string) => replace(index, [header, chosen])}
          />
          <Button
            icon={<DeleteOutlined aria-hidden />}
            aria-label={t('Remove column {{number}}', { number: index + 1 })}
            onClick={() => change(rows.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      <Button type="dashed" icon={<PlusOutlined aria-hidden />} onClick={() => setRows([...rows, ['', '']])}>
        {t('Add column')}
      </Button>
    </>
  );
}
