import { Form, Select } from 'antd';
import { PROTECTIONS } from '../../../../common/rules';
import { usePage } from '../../page-context';
import { FormHeading } from '../../parts/FormHeading';

/** Whom the source leaves alone, and which departments get no members from it. */
export function ProtectionFields() {
  const { t } = usePage();
  return (
    <>
      <FormHeading>{t('Protection')}</FormHeading>
      <ProtectionField
        rule="privilegedUsers"
        label={t('Users with a privileged role')}
        extra={t(
          'Users who can configure NocoBase, or manage users, roles, departments, data sources or this plugin. Root users are never changed. Only somebody who can manage all roles or all users can allow more.',
        )}
      />
      <ProtectionField
        rule="departmentRoles"
        label={t('Departments that grant a role')}
        extra={t(
          'Members of the department get its role. Sources never add members to a department that grants a privileged role.',
        )}
      />
      <ProtectionField
        rule="identity"
        label={t('Username, email and phone of users that existed before the source')}
        extra={t('Users sign in and reset their passwords with these.')}
      />
    </>
  );
}

interface ProtectionFieldProps {
  readonly rule: keyof typeof PROTECTIONS;
  readonly label: string;
  readonly extra: string;
}

function ProtectionField({ rule, label, extra }: ProtectionFieldProps) {
  const { t } = usePage();
  return (
    <Form.Item name={['rules', 'protection', rule]} label={label} extra={extra}>
      <Select options={PROTECTIONS[rule].map((value) => ({ value, label: t(`${rule}.${value}`) }))} />
    </Form.Item>
  );
}
