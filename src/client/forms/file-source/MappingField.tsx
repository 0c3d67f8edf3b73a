import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { AutoComplete, Button, Form, Input } from 'antd';
import { useState } from 'react';
import { usePage } from '../../page/page-context';

/** A label with what the field is about: both inputs have the same fields. */
type Named = (label: string) => string;

interface MappingProps {
  readonly name: (string | number)[];
  readonly fields: readonly string[];
  readonly named: Named;
}

/** Header → field. An empty mapping means that headers are the names of fields. */
export function MappingField({ name, fields, named }: MappingProps) {
  const { t } = usePage();
  return (
    <Form.Item label={t('Columns')} extra={t('If you add no columns, the headers are used as field names.')}>
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
          <AutoComplete
            aria-label={named(t('Field {{number}}', { number: index + 1 }))}
            placeholder={t('Field')}
            style={{ flex: '1 1 140px' }}
            value={field}
            options={fields.map((known) => ({ value: known, label: `${t(`field.${known}`)} (${known})` }))}
            filterOption={(typed, option) => `${option?.label}`.toLowerCase().includes(typed.toLowerCase())}
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
