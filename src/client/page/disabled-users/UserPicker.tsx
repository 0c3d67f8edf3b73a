import { Alert, Empty, Flex, Select, Spin, Typography } from 'antd';
import { useState } from 'react';
import type { User } from '../model';
import { usePage } from '../page-context';
import { ErrorNotice } from '../parts/ErrorNotice';
import { personName } from '../parts/person-name';
import { PageError } from '../transport';
import { useDebounced } from '../use-debounced';
import { useLoad } from '../use-load';

/** So long after the last key the server is asked, in ms. */
const TYPING_PAUSE = 250;

interface UserPickerProps {
  /** The element that says what is wrong with who was chosen. */
  readonly problemId?: string;
  readonly onChange: (user: User) => void;
}

/** Finds a user by name or email. Who may see this page need not be allowed to see users. */
export function UserPicker({ problemId, onChange }: UserPickerProps) {
  const { api, t } = usePage();
  const [typed, setTyped] = useState('');
  const search = useDebounced(typed.trim(), TYPING_PAUSE);
  const { data, error, pending, reload } = useLoad(() => api.users(search), search);
  // Those who were found before: Enter would choose one of them for the name that is being typed.
  const isOutdated = pending || typed.trim() !== search;
  if (error instanceof PageError && error.status === 403)
    return (
      <Alert
        type="warning"
        showIcon
        role="alert"
        message={t('Your role cannot view users. Ask an administrator for this permission.')}
      />
    );
  if (error) return <ErrorNotice error={error} onRetry={reload} />;
  return (
    <Select<User['id']>
      showSearch
      aria-label={t('User')}
      aria-describedby={problemId}
      aria-invalid={problemId !== undefined}
      status={problemId && 'error'}
      placeholder={t('Search by name or email')}
      style={{ width: '100%' }}
      filterOption={false}
      onSearch={setTyped}
      notFoundContent={isOutdated ? <Spin size="small" /> : <Empty description={t('No matching users.')} />}
      options={
        isOutdated ? [] : data?.map((user) => ({ value: user.id, label: personName(user) ?? String(user.id), user }))
      }
      optionRender={({ data: { user } }) => <UserOption user={user as User} />}
      onChange={(id) => {
        const chosen = data?.find((user) => user.id === id);
        if (chosen) onChange(chosen);
      }}
    />
  );
}

function UserOption({ user }: { readonly user: User }) {
  const details = [user.username, user.email].filter(Boolean).join(', ');
  return (
    <Flex vertical>
      {personName(user) ?? user.id}
      {details && <Typography.Text type="secondary">{details}</Typography.Text>}
    </Flex>
  );
}
