import { useMemo, useState } from 'react';
import type { Source, TaskFilter } from '../model';
import { usePage } from '../page-context';
import { FIRST_PAGE, LoadedTable } from '../parts/LoadedTable';
import { RunsChart } from '../parts/RunsChart';
import { isRunning } from '../task-state';
import { RUNNING_INTERVAL, useLoad } from '../use-load';
import { useRunNews } from '../use-run-news';
import { useTaskEvents } from '../use-task-events';
import { sourceTitleOf } from '../sources/titles';
import { useTaskColumns } from './task-columns';
import { TaskFilters } from './TaskFilters';

interface TasksTableProps {
  /** Only the tasks of this source; otherwise those of all, with a filter. */
  readonly source?: Source;
  readonly sources?: readonly Source[];
  readonly filter: TaskFilter;
  readonly onFilter: (filter: TaskFilter) => void;
}

/** Runs, newest first, with filters and pages on the server. */
export function TasksTable({ source, sources = [], filter, onFilter }: TasksTableProps) {
  const { api, t } = usePage();
  const [paging, setPaging] = useState(FIRST_PAGE);
  const wanted = source ? { ...filter, sourceId: source.id } : filter;
  const loaded = useLoad(
    () => api.tasks(wanted, paging.page, paging.pageSize),
    JSON.stringify([wanted, paging]),
    (found) => (found?.rows.some(isRunning) ? RUNNING_INTERVAL : undefined),
  );
  const { data, reload } = loaded;
  useTaskEvents(reload);
  useRunNews(useMemo(() => data?.rows.map((task) => ({ title: sourceTitleOf(task, t), task })), [data, t]));

  const isFiltered = Object.values(filter).some((value) => value !== undefined && String(value) !== '');
  return (
    <>
      <TaskFilters
        sources={source ? undefined : sources}
        filter={filter}
        onChange={(change) => {
          onFilter({ ...filter, ...change });
          setPaging({ ...paging, page: 1 });
        }}
        onRefresh={reload}
      />
      {source && data && <RunsChart tasks={data.rows} />}
      <LoadedTable
        label={t('Tasks')}
        loaded={loaded}
        columns={useTaskColumns({ withSource: !source })}
        size="middle"
        empty={isFiltered ? t('Nothing matches the filter.') : t('No runs yet. Press Sync on a source, or push to it.')}
        paging={paging}
        onPaging={setPaging}
      />
    </>
  );
}
