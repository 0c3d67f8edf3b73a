import { StopOutlined } from '@ant-design/icons';
import { Alert, Button, Flex } from 'antd';
import { useState } from 'react';
import type { DisabledUser } from '../model';
import { usePage } from '../page-context';
import { ConfirmDialog } from '../parts/ConfirmDialog';
import { FIRST_PAGE, LoadedTable } from '../parts/LoadedTable';
import { personName } from '../parts/person-name';
import { SearchBox } from '../parts/SearchBox';
import { WRAPPING } from '../parts/wrapping';
import { useAttempt } from '../parts/use-attempt';
import { useLoad } from '../use-load';
import { useTaskEvents } from '../use-task-events';
import { useDisabledUserColumns } from './disabled-user-columns';
import { DisableUserDialog } from './DisableUserDialog';

/** Who may not sign in, since when and why; enables them again, and disables others. */
export function DisabledUsersTab() {
  const { api, t, address, goTo } = usePage();
  const attempt = useAttempt();
  const { search = '' } = address;
  const [paging, setPaging] = useState(FIRST_PAGE);
  const [isDisabling, setDisabling] = useState(false);
  const [enabling, setEnabling] = useState<DisabledUser>();
  const loaded = useLoad(
    () => api.disabledUsers(search, paging.page, paging.pageSize),
    JSON.stringify([search, paging]),
  );
  useTaskEvents(loaded.reload);

  return (
    <>
      <Flex justify="space-between" gap={8} wrap style={{ marginBottom: 16 }}>
        <SearchBox
          label={t('Search by name or username')}
          value={search}
          onSearch={(wanted) => {
            goTo({ search: wanted });
            setPaging({ ...paging, page: 1 });
          }}
        />
        <Button style={WRAPPING} icon={<StopOutlined aria-hidden />} onClick={() => setDisabling(true)}>
          {t('Disable a user')}
        </Button>
      </Flex>
      {!!loaded.data?.count && (
        <Alert
          type="info"
          showIcon
          role="note"
          style={{ marginBottom: 16 }}
          message={t('If this plugin is disabled or removed, these users can sign in again.')}
        />
      )}
      <LoadedTable
        label={t('Disabled users')}
        loaded={loaded}
        columns={useDisabledUserColumns({ onEnable: setEnabling })}
        empty={search ? t('Nothing matches the filter.') : t('No users are disabled.')}
        paging={paging}
        onPaging={setPaging}
      />
      {isDisabling && <DisableUserDialog onClose={() => setDisabling(false)} />}
      {enabling && (
        <ConfirmDialog
          title={t('Enable {{user}}?', { user: personName(enabling.user) ?? enabling.userId })}
          okText={t('Enable')}
          onClose={() => setEnabling(undefined)}
          onConfirm={() => {
            setEnabling(undefined);
            void attempt(() => api.enableUser(enabling.userId));
          }}
        >
          {t('The user can sign in again.')}
        </ConfirmDialog>
      )}
    </>
  );
}
