import { UploadOutlined } from '@ant-design/icons';
import { Alert, Button, Form, Input, Typography, Upload } from 'antd';
import { useState } from 'react';
import { usePage } from '../../page/page-context';
import { readUtf8 } from './read-utf8';

interface UploadedTextProps {
  readonly name: string[];
  /** A label with what the field is about. */
  readonly named: (label: string) => string;
}

/** A file that is chosen on the page: its text and format become options of the source. */
export function UploadedText({ name, named }: UploadedTextProps) {
  const { t, locale } = usePage();
  const form = Form.useFormInstance();
  const text = Form.useWatch<unknown>([...name, 'text'], { form, preserve: true });
  const [file, setFile] = useState<string>();
  const [refusal, setRefusal] = useState<string>();
  const take = async (chosen: File) => {
    const read = readUtf8(new Uint8Array(await chosen.arrayBuffer()));
    if ('wrong' in read) {
      setRefusal(t('{{file}} is not UTF-8: line {{line}}, column {{column}}.', { file: chosen.name, ...read.wrong }));
      return;
    }
    setRefusal(undefined);
    setFile(chosen.name);
    const format = chosen.name.toLowerCase().endsWith('.json') ? 'json' : 'csv';
    form.setFields([
      { name: [...name, 'text'] as never, value: read.text as never, touched: true },
      { name: [...name, 'format'] as never, value: format as never, touched: true },
    ]);
  };
  const size = typeof text === 'string' ? sizeOf(text, locale) : undefined;
  return (
    <Form.Item label={t('File')}>
      <Upload
        accept=".csv,.tsv,.txt,.json"
        maxCount={1}
        showUploadList={false}
        beforeUpload={(chosen) => {
          void take(chosen);
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
      {text && size ? (
        <Typography.Text type="secondary" style={{ display: 'block' }}>
          {file ? `${file}, ${size}` : t('A file of {{size}} is stored.', { size })}
        </Typography.Text>
      ) : null}
      {refusal && (
        <Alert
          type="error"
          showIcon
          role="alert"
          message={refusal}
          description={t('Save the file as UTF-8 and choose it again. What was chosen before is kept.')}
        />
      )}
    </Form.Item>
  );
}

/** `14 KB`, of the text in UTF-8. */
function sizeOf(text: string, locale: string): string {
  const kilobytes = Math.ceil(new TextEncoder().encode(text).length / 1000);
  return new Intl.NumberFormat(locale, { style: 'unit', unit: 'kilobyte' }).format(kilobytes);
}
