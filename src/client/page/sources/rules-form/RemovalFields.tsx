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
          'Records that are missing from a full delivery, or marked as deleted, are removed. In a delta, only records marked as deleted are removed.',
        )}
      </Typography.Paragraph>
      <Form.Item
        name={['rules', 'removal', 'users']}
        label={t('Missing users')}
        extra={t(
          'A disabled user cannot sign in, and is enabled again when the source delivers the user again. An unlinked user is kept as is.',
        )}
      >
        <Select options={REMOVALS.users.map((value) => ({ value, label: t(`removal.${value}`) }))} />
      </Form.Item>
      <Form.Item name={['rules', 'removal', 'departments']} label={t('Missing departments')}>
        <Select options={REMOVALS.departments.map((value) => ({ value, label: t(`removal.${value}`) }))} />
      </Form.Item>
    </>
  );
}
