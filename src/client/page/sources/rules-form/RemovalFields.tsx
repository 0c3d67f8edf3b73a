import { Form, Select, Typography } from 'antd';
import { REMOVALS } from '../../../../common/rules';
import { usePage } from '../../page-context';

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
        <Select options={REMOVALS.users.map((value) => ({ value, label: t(`removal.${value}`) }))} />
      </Form.Item>
      <Form.Item name={['rules', 'removal', 'departments']} label={t('Departments that are missing')}>
        <Select options={REMOVALS.departments.map((value) => ({ value, label: t(`removal.${value}`) }))} />
      </Form.Item>
    </>
  );
}
