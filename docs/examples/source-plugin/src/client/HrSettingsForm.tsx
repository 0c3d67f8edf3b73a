import { Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';

/** The options of a source; the page puts it into its own form. */
export default function HrSettingsForm() {
  const { t } = useTranslation('nocobase-plugin-my-hr-source');
  return (
    <>
      <Form.Item name={['options', 'url']} label={t('Address')} rules={[{ required: true, type: 'url' }]}>
        <Input placeholder="https://hr.example.com" />
      </Form.Item>
      <Form.Item name={['options', 'token']} label={t('Token')}>
        <Input.Password autoComplete="new-password" />
      </Form.Item>
    </>
  );
}
