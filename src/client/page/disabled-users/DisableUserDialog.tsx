import { Alert, Typography } from 'antd';
import { useId, useState } from 'react';
import type { User } from '../model';
import { usePage } from '../page-context';
import { ConfirmDialog } from '../parts/ConfirmDialog';
import { personName } from '../parts/person-name';
import { useNotify } from '../parts/use-notify';
import { UserPicker } from './UserPicker';

/** Chooses a user who is not to sign in any more. */
export function DisableUserDialog({ onClose }: { readonly onClose: () => void }) {
  const { api, t, events } = usePage();
  const notify = useNotify();
  const [user, setUser] = useState<User>();
  const [failure, setFailure] = useState<string>();
  const failureId = useId();
  const [busy, setBusy] = useState(false);
  const disable = async ({ id, ...person }: User) => {
    setBusy(true);
    setFailure(undefined);
    try {
      await api.disableUser(id);
      notify.succeeded(t('{{user}} is disabled.', { user: personName(person) ?? id }));
      events.announce();
      onClose();
    } catch (error) {
      setFailure((error as Error).message);
      setBusy(false);
    }
  };
  return (
    <ConfirmDialog
      danger
      title={t('Disable a user')}
      okText={t('Disable')}
      okDisabled={!user}
      busy={busy}
      onConfirm={() => user && void disable(user)}
      onClose={onClose}
    >
      <Typography.Paragraph>
        {t(
          'The user can no longer sign in, and sessions and API keys stop working. Sources do not enable the user again. Only an administrator can, on this page.',
        )}
      </Typography.Paragraph>
      <UserPicker problemId={failure && failureId} onChange={setUser} />
      {failure && (
        <Alert id={failureId} type="error" showIcon role="alert" message={failure} style={{ marginTop: 16 }} />
      )}
    </ConfirmDialog>
  );
}
