import { Flex, Typography, type TableColumnsType } from 'antd';
import { formatAgo, formatTime } from '../format';
import type { DisabledUser } from '../model';
import { usePage } from '../page-context';
import { ActionLink } from '../parts/ActionLink';
import { LongText } from '../parts/LongText';
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
      width: '30%',
      render: (_, { user, userId }) => (
        <Flex vertical>
          <LongText>
            <Typography.Text strong>{personName(user) ?? userId}</Typography.Text>
          </LongText>
          {user?.username && (
            <LongText>
              <Typography.Text type="secondary">{user.username}</Typography.Text>
            </LongText>
          )}
        </Flex>
      ),
    },
    {
      title: t('Disabled'),
      key: 'disabledAt',
      width: '22%',
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
      width: '20%',
      render: (_, row) => (
        <ActionLink label={t('Enable')} of={String(personName(row.user) ?? row.userId)} onClick={() => onEnable(row)} />
      ),
    },
  ];
}

/** A run of a source, or a person. Tasks, sources and persons may be gone by now. */
function Cause({ row: { cause, sourceName, taskId, disabledBy } }: { readonly row: DisabledUser }) {
  const { t } = usePage();
  if (cause === 'hand') return <LongText>{personName(disabledBy) ?? t('Manually')}</LongText>;
  return (
    <Flex gap="0 8px" wrap align="baseline">
      <LongText>{sourceName ?? '–'}</LongText>
      {taskId !== null && <TaskLink id={taskId} />}
    </Flex>
  );
}
