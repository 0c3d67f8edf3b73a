export { announceTo } from './announce';
export { expireHeld } from './expire-held';
export { RunningTasks } from './running-tasks';
export { RunSlots } from './run-slots';
export { RemovalHistory } from './removal-history';
export { runTask, type DoneRun, type RunEnd, type RunInput, type RunOrigin, type TaskDeps } from './run-task';
export type { RunResult, SyncTask } from './task';
export { TaskStore, type NewerDelivery } from './task-store';
