import type { PrimaryKey } from '../pipeline/contracts';
import type { TargetCounts } from '../pipeline/report';
import type { TaskStatus } from './states';

/** What started a run. */
export type TaskTrigger = 'manual' | 'schedule' | 'push' | 'retry';

/** A run, as it is known while it runs. */
export interface SyncTask {
  readonly id: PrimaryKey;
  /** Names the run in the payload log; a retry keeps it. */
  readonly batch: string;
  readonly sourceId: PrimaryKey;
  readonly sourceName: string;
  readonly sourceType: string;
  /** 1 for the first run, one more with each retry. */
  readonly attempt: number;
  /** The user who started this attempt, where there was one. */
  readonly startedBy?: PrimaryKey;
}

/** How a run ended. */
export interface TaskEnd {
  readonly status: Extract<TaskStatus, 'success' | 'partially_failed' | 'failed'>;
  readonly code?: string;
  readonly message?: string;
  readonly params?: Readonly<Record<string, string | number>>;
}

/** How far a run has come. */
export interface TaskProgress {
  /** Records dealt with. */
  readonly done: number;
  /** Records received so far. */
  readonly total: number;
  /** Target → counts, of the deliveries that are finished. */
  readonly counts: Readonly<Record<string, TargetCounts>>;
}
