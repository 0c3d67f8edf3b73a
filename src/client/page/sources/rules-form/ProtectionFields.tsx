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
          'Somebody who may configure NocoBase, or manage users, roles, departments, data sources or this plugin. Root users are always left alone. Only who may manage all roles or all users can allow more.',
        )}
      />
      <ProtectionField
        rule="departmentRoles"
        label={t('Departments that give a role')}
        extra={t(
          'Its members get the role. A department that gives a privileged role never gets members from a source.',
        )}
      />
      <ProtectionField
        rule="identity"
        label={t('User name, e-mail and phone of users who were there before')}
        extra={t('People sign in and get new passwords by these.')}
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
