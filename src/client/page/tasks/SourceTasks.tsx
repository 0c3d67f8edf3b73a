import { useState } from 'react';
import type { Source, TaskFilter } from '../model';
import { TasksTable } from './TasksTable';

/** The runs of one source. */
export function SourceTasks({ source }: { readonly source: Source }) {
  const [filter, setFilter] = useState<TaskFilter>({});
  return <TasksTable source={source} filter={filter} onFilter={setFilter} />;
}
