import { Card, Form, Input, Radio, Select } from 'antd';
import { useState } from 'react';
import { MATCH_KEYS } from '../../../common/records';
import { usePage } from '../../page/page-context';
import { MappingField } from './MappingField';
import { UploadedText } from './UploadedText';

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
  const named = (label: string) => `${label}, ${title}`;
  const [kind, setKind] = useState<'path' | 'text'>(() => (form.getFieldValue([...name, 'text']) ? 'text' : 'path'));
  return (
    <Card size="small" role="group" aria-label={title} title={title} style={{ marginBottom: 16 }}>
      <Form.Item label={t('File location')}>
        <Radio.Group
          aria-label={named(t('File location'))}
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
          <Input aria-label={named(t('Path'))} placeholder="hr/people.csv" />
        </Form.Item>
      ) : (
        <UploadedText name={name} named={named} />
      )}
      <MappingField name={[...name, 'mapping']} fields={FIELDS[part]} named={named} />
    </Card>
  );
}
