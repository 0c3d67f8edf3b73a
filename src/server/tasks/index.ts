export { announceTo } from './announce';
export { RunningTasks } from './running-tasks';
export { runTask, type TaskDeps } from './run-task';
export type { TaskStatus } from './states';
export type { SyncTask, TaskTrigger } from './task';
export { TaskStore } from './task-store';
