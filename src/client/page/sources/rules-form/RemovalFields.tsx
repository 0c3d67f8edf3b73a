import { Form, Select, Typography } from 'antd';
import { usePage } from '../../page-context';
import { DEPARTMENT_REMOVALS, USER_REMOVALS } from '../rules';

/** What becomes of users and departments that the source does not have any more. */
export function RemovalFields() {
  const { t } = usePage();
  return (
    <>
      <Typography.Paragraph type="secondary">
        {t(
          'What a full delivery lacks, or marks as deleted, is removed. A source that delivers only what changed removes what it marks.',
        )}
      </Typography.Paragraph>
      <Form.Item
        name={['rules', 'removal', 'users']}
        label={t('Users who are missing')}
        extra={t('A disabled user cannot sign in, and is enabled again on return. A user who is let go stays as is.')}
      >
        <Select options={USER_REMOVALS.map((value) => ({ value, label: t(`removal.${value}`) }))} />
      </Form.Item>
      <Form.Item name={['rules', 'removal', 'departments']} label={t('Departments that are missing')}>
        <Select options={DEPARTMENT_REMOVALS.map((value) => ({ value, label: t(`removal.${value}`) }))} />
      </Form.Item>
    </>
  );
}
