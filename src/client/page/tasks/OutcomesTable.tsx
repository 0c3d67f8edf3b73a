import { Typography, type TableColumnsType } from 'antd';
import { useState } from 'react';
import type { Outcome, Task } from '../model';
import { usePage } from '../page-context';
import { Changes } from '../parts/Changes';
import { FIRST_PAGE, LoadedTable } from '../parts/LoadedTable';
import { LongText } from '../parts/LongText';
import { OutcomeTag } from '../parts/OutcomeTag';
import { ReasonText } from '../parts/ReasonText';
import { outcomeTitle } from '../parts/target-title';
import { isPlanned, isRunning } from '../task-state';
import { RUNNING_INTERVAL, useLoad } from '../use-load';
import { OutcomeFilters, type OutcomeChoice } from './OutcomeFilters';

/** Every record of a run that was not simply unchanged; filters, search and pages are on the server. */
export function OutcomesTable({ task }: { readonly task: Task }) {
  const { api, t, links } = usePage();
  const [filter, setFilter] = useState<OutcomeChoice>({});
  const [paging, setPaging] = useState(FIRST_PAGE);
  const last = task.attempt ?? 1;
  const wanted = { taskId: task.id, attempt: last, ...filter };
  const loaded = useLoad(
    () => api.outcomes(wanted, paging.page, paging.pageSize),
    JSON.stringify([wanted, paging, task.status]),
    () => (isRunning(task) ? RUNNING_INTERVAL : undefined),
  );

  const isLast = wanted.attempt === last;
  const planned = isLast && isPlanned(task);
  const isFiltered = Boolean(filter.action?.length || filter.target || filter.search);
  const isBroken = isLast && task.status === 'failed' && Object.keys(task.counts ?? {}).length === 0;
  const nothing = isBroken
    ? t('The run failed before any record was processed.')
    : planned
      ? t('No records would be changed, and none would fail.')
      : t('No records were changed, and none failed.');
  const nothingYet = isLast && isRunning(task) ? t('status.processing') : nothing;
  const columns: TableColumnsType<Outcome> = [
    { title: t('Target'), key: 'target', width: '13%', render: (_, outcome) => outcomeTitle(outcome, t) },
    { title: t('Uid'), key: 'uid', width: '14%', render: (_, { uid }) => <LongText>{uid}</LongText> },
    {
      title: t('Name'),
      key: 'name',
      width: '17%',
      render: (_, { uid, name, target, action, rowId }) => (
        <LongText>
          {target === 'users' && rowId && action !== 'deleted' ? (
            <Typography.Link href={links.users} title={t('Open the list of users')}>
              {name || uid}
            </Typography.Link>
          ) : (
            name
          )}
        </LongText>
      ),
    },
    {
      title: t('Outcome'),
      key: 'action',
      width: '15%',
      render: (_, { action, held }) => <OutcomeTag action={action} planned={planned || Boolean(held)} />,
    },
    { title: t('Reason'), key: 'reason', render: (_, outcome) => <ReasonText outcome={outcome} /> },
    { title: t('Changes'), key: 'changes', render: (_, { changes }) => <Changes changes={changes} /> },
  ];

  return (
    <>
      <OutcomeFilters
        task={task}
        value={filter}
        onChange={(change) => {
          setFilter({ ...filter, ...change });
          setPaging({ ...paging, page: 1 });
        }}
      />
      <LoadedTable
        label={t('Outcome')}
        loaded={loaded}
        columns={columns}
        size="small"
        empty={isFiltered ? t('Nothing matches the filter.') : nothingYet}
        paging={paging}
        onPaging={setPaging}
      />
    </>
  );
}
