import { Flex, Typography, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { formatAgo, formatTime } from '../format';
import type { Change, ChangeSearch } from '../model';
import { usePage } from '../page-context';
import { ActionLink } from '../parts/ActionLink';
import { Changes } from '../parts/Changes';
import { FIRST_PAGE, LoadedTable } from '../parts/LoadedTable';
import { LongText } from '../parts/LongText';
import { OutcomeTag } from '../parts/OutcomeTag';
import { ReasonText } from '../parts/ReasonText';
import { outcomeTitle } from '../parts/target-title';
import { TaskLink } from '../parts/TaskLink';
import { sourceTitleOf } from '../sources/titles';
import { useLoad } from '../use-load';
import { useTaskEvents } from '../use-task-events';

interface ChangesTableProps {
  readonly wanted: ChangeSearch;
  /** Somebody wants to see one person only. */
  readonly onNarrow: (change: Change) => void;
}

/** What runs did to the rows that are looked for, newest first; pages are on the server. */
export function ChangesTable({ wanted, onNarrow }: ChangesTableProps) {
  const { api, t, locale } = usePage();
  const [paging, setPaging] = useState(FIRST_PAGE);
  const loaded = useLoad(() => api.changes(wanted, paging.page, paging.pageSize), JSON.stringify([wanted, paging]));
  useTaskEvents(loaded.reload);
  const columns: TableColumnsType<Change> = [
    {
      title: t('When'),
      key: 'when',
      width: '14%',
      render: (_, { at, task }) => {
        // What earlier versions kept has no time of its own.
        const time = at ?? task?.startedAt;
        return (
          <time dateTime={time ?? undefined} title={formatAgo(time, locale)}>
            {formatTime(time, locale)}
          </time>
        );
      },
    },
    {
      title: t('Name'),
      key: 'name',
      width: '19%',
      render: (_, change) => <Named change={change} onNarrow={onNarrow} />,
    },
    { title: t('Target'), key: 'target', width: '13%', render: (_, change) => outcomeTitle(change, t) },
    { title: t('Outcome'), key: 'action', width: '14%', render: (_, { action }) => <OutcomeTag action={action} /> },
    {
      title: t('Changes'),
      key: 'changes',
      render: (_, change) => (
        <>
          <Changes changes={change.changes} />
          <ReasonText outcome={change} />
        </>
      ),
    },
    {
      title: t('Source'),
      key: 'source',
      width: '16%',
      render: (_, { task, taskId }) => (
        <Flex vertical align="start">
          <LongText>{sourceTitleOf(task ?? {}, t)}</LongText>
          <TaskLink id={taskId} />
        </Flex>
      ),
    },
  ];
  return (
    <LoadedTable
      label={t('Changes')}
      loaded={loaded}
      columns={columns}
      size="small"
      empty={t('No changes found. Older changes may already have been deleted.')}
      paging={paging}
      onPaging={setPaging}
    />
  );
}

/** Who it is; where a row is known, that alone can be shown. */
function Named({ change, onNarrow }: { readonly change: Change } & Pick<ChangesTableProps, 'onNarrow'>) {
  const { name, uid, rowId } = change;
  return (
    <Flex vertical align="start">
      {rowId === null ? (
        <LongText>{name || uid}</LongText>
      ) : (
        <ActionLink label={name || uid} onClick={() => onNarrow(change)} />
      )}
      <LongText>
        <Typography.Text type="secondary">{uid}</Typography.Text>
      </LongText>
    </Flex>
  );
}
