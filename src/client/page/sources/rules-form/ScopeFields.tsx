import { Form, Select, Typography } from 'antd';
import { usePage } from '../../page-context';
import { FormHeading } from '../../parts/FormHeading';
import { ConditionRows } from './ConditionRows';

/** Which records of the source are taken. */
export function ScopeFields() {
  const { t } = usePage();
  return (
    <>
      <FormHeading>{t('Scope')}</FormHeading>
      <Typography.Paragraph type="secondary">
        {t('Only records that meet all conditions are imported. Records out of scope count as missing.')}
      </Typography.Paragraph>
      <ConditionRows kind="users" label={t('Conditions on users')} />
      <ConditionRows kind="departments" label={t('Conditions on departments')} />
      <Form.Item
        name={['rules', 'scope', 'subtrees']}
        label={t('Only these departments')}
        extra={t('Uids of departments. Their subdepartments and members are included. Leave empty for all.')}
      >
        <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[',']} />
      </Form.Item>
    </>
  );
}
