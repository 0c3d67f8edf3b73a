import { usePage } from '../page-context';
import { useLoad } from '../use-load';
import { TasksTable } from './TasksTable';

/** The runs of all sources. */
export function HistoryTab() {
  const { api } = usePage();
  const { data } = useLoad(() => api.sources(), 'sources');
  return <TasksTable sources={data ?? []} />;
}
