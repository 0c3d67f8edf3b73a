import type { TargetCounts } from '../../common/outcomes';
import type { SyncDataType } from '../../common/records';
import type { TaskKind, TaskMode, TaskStatus, TaskTrigger } from '../../common/tasks';
import type { PrimaryKey } from '../model/primary-key';
import type { RunRequest } from '../model/run-request';

/** A run, as it is known while it runs. */
export interface SyncTask {
  readonly id: PrimaryKey;
  /** Names the run in the payload log; a retry keeps it. */
  readonly batch: string;
  readonly sourceId: PrimaryKey;
  readonly sourceName: string;
  readonly sourceType: string;
  /** What the run was handed when it took the task: the row has another one when somebody else has taken it over. */
  readonly claim: string;
  /** 1 for the first run, one more with each retry and with an approval. */
  readonly attempt: number;
  /** `null` for a task that another plugin made. */
  readonly kind: TaskKind | null;
  readonly request: RunRequest;
  /** The attempt whose failed records are run again, or whose list of removals was approved. */
  readonly baseAttempt: number | null;
  /** When what is to be applied was received, if it was received before. */
  readonly receivedAt: Date | null;
  /** Whether nothing is to be written. */
  readonly dryRun: boolean;
  /** `null` as long as the source has not said what it delivers. */
  readonly mode: TaskMode | null;
  /** Whether the source is deleted when none of its imported records are left. */
  readonly deletesSource: boolean;
}

/** An attempt of a task that another one followed, as it is kept. */
export interface EarlierAttempt {
  readonly attempt: number;
  readonly status: TaskStatus;
  readonly code: string | null;
  readonly startedAt: Date | null;
  /** `null` when its process was lost. */
  readonly finishedAt: Date | null;
  /** By target; `null` when nothing was counted. */
  readonly counts: Readonly<Record<string, unknown>> | null;
}

/** How a new task begins. */
export interface TaskStart {
  readonly kind: TaskKind;
  readonly trigger: TaskTrigger;
  readonly request?: RunRequest;
  readonly dryRun?: boolean;
  readonly mode?: TaskMode;
  /** Whether the source is deleted when none of its imported records are left. */
  readonly deletesSource?: boolean;
  /** When what is to be applied was received, if it was received before. */
  readonly receivedAt?: Date;
}

/** How a run ended that did not break; `partially_failed` when some records failed. */
export type DoneStatus = Extract<TaskStatus, 'success' | 'partially_failed'>;

/** Whether a run went to its end, how long it took in ms, and why it did not: as a source is told. */
export interface RunResult {
  readonly success: boolean;
  readonly cost: number;
  readonly message?: string;
}

/** How a run ended, or why it waits. */
export interface TaskEnd {
  readonly status: Extract<TaskStatus, 'success' | 'partially_failed' | 'failed' | 'blocked'>;
  readonly code?: string;
  readonly message?: string;
  readonly params?: Readonly<Record<string, string | number>>;
  /** Until when a run that is held waits for a decision. */
  readonly heldUntil?: Date;
}

/** What has come, and how far a run has dealt with it. */
export interface TaskProgress {
  /** Records dealt with. */
  readonly done: number;
  /** Records received so far, and those that are missing from a full delivery. */
  readonly total: number;
  /** Target → counts. */
  readonly counts: Readonly<Record<string, TargetCounts>>;
  /** `null` as long as nothing has come. */
  readonly mode: TaskMode | null;
  /** What kinds of data have come, once everything has. */
  readonly dataTypes: readonly SyncDataType[] | null;
  /** How users were matched, for running failed ones again. */
  readonly matchKey: string | null;
  /** When everything had come. */
  readonly receivedAt: Date | null;
}
