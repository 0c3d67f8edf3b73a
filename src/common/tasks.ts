import { DELIVERY_MODES } from './records';

/** In the order in which people look for them. What they mean, `src/server/tasks/states.ts` says. */
export const TASK_STATUSES = [
  'processing',
  'success',
  'partially_failed',
  'failed',
  'canceled',
  'blocked',
  'init',
] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

export const TASK_TRIGGERS = ['manual', 'schedule', 'push', 'retry'] as const;
/** What started a run. */
export type TaskTrigger = (typeof TASK_TRIGGERS)[number];

export const TASK_MODES = [...DELIVERY_MODES, 'purge'] as const;
/** What a run is about: everything or changes, or the removal of everything that a source imported. */
export type TaskMode = (typeof TASK_MODES)[number];

/**
 * What a run does: asks its source, applies what was delivered, runs the failed records of an attempt again, or removes
 * everything that its source imported.
 */
export type TaskKind = 'pull' | 'delivery' | 'failedRecords' | 'purge';
