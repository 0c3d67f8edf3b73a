import { Flex, Typography, type TableColumnsType } from 'antd';
import { formatAgo, formatTime } from '../format';
import type { DisabledUser } from '../model';
import { usePage } from '../page-context';
import { ActionLink } from '../parts/ActionLink';
import { personName } from '../parts/person-name';
import { TaskLink } from '../parts/TaskLink';

interface ColumnDeps {
  readonly onEnable: (row: DisabledUser) => void;
}

/** The columns of the list of users who may not sign in. */
export function useDisabledUserColumns({ onEnable }: ColumnDeps): TableColumnsType<DisabledUser> {
  const { t, locale } = usePage();
  return [
    {
      title: t('User'),
      key: 'user',
      render: (_, { user, userId }) => (
        <Flex vertical>
          <Typography.Text strong>{personName(user) ?? userId}</Typography.Text>
          {user?.username && <Typography.Text type="secondary">{user.username}</Typography.Text>}
        </Flex>
      ),
    },
    {
      title: t('Disabled'),
      key: 'disabledAt',
      render: (_, { disabledAt }) => (
        <time dateTime={disabledAt} title={formatAgo(disabledAt, locale)}>
          {formatTime(disabledAt, locale)}
        </time>
      ),
    },
    { title: t('Disabled by'), key: 'cause', render: (_, row) => <Cause row={row} /> },
    {
      title: t('Actions'),
      key: 'actions',
      render: (_, row) => <ActionLink label={t('Enable')} onClick={() => onEnable(row)} />,
    },
  ];
}

/** A run of a source, or a person. Tasks, sources and persons may be gone by now. */
function Cause({ row: { cause, sourceName, taskId, disabledBy } }: { readonly row: DisabledUser }) {
  const { t } = usePage();
  if (cause === 'hand') return <>{personName(disabledBy) ?? t('Manually')}</>;
  return (
    <Flex gap={8} align="baseline">
      {sourceName ?? '–'}
      {taskId !== null && <TaskLink id={taskId} />}
    </Flex>
  );
}
