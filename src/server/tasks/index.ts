export { announceTo } from './announce';
export { RunningTasks } from './running-tasks';
export { HeldDeliveryStore } from './held-delivery-store';
export { runTask, type RunEnd, type RunInput, type TaskDeps } from './run-task';
export type { TaskStatus } from './states';
export type { SyncTask, TaskMode, TaskTrigger } from './task';
export { TaskStore } from './task-store';
