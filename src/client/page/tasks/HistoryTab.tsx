import { usePage } from '../page-context';
import { useLoad } from '../use-load';
import { readTaskFilter, taskFilterAddress } from './filter-address';
import { TasksTable } from './TasksTable';

/** The runs of all sources; which ones, the address of the page says. */
export function HistoryTab() {
  const { api, address, goTo } = usePage();
  const { data } = useLoad(() => api.sources(), 'sources');
  return (
    <TasksTable
      sources={data ?? []}
      filter={readTaskFilter(address)}
      onFilter={(filter) => goTo(taskFilterAddress(filter))}
    />
  );
}
