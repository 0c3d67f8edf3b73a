import { Form, Select } from 'antd';
import { usePage } from '../../page-context';
import { useLoad } from '../../use-load';
import { titleOf } from '../titles';

/** Which roles may push for a source. Those that may configure sources are not offered: they may push to all. */
export function PushRolesField() {
  const { api, t } = usePage();
  const { data, error } = useLoad(() => api.pushRoles(), 'push roles');
  return (
    <Form.Item
      name={['rules', 'push', 'roles']}
      label={t('Roles that may push')}
      extra={t(
        'Roles with the permission user-data-sync.push. Roles that can configure sources can push to all sources.',
      )}
      validateStatus={error ? 'warning' : undefined}
      help={error?.message}
    >
      <Select
        mode="multiple"
        loading={!data && !error}
        optionFilterProp="label"
        notFoundContent={t('No role has the permission user-data-sync.push.')}
        options={(data ?? []).map((role) => ({ value: role.name, label: titleOf(role, t) }))}
      />
    </Form.Item>
  );
}
