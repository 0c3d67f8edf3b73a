import type { DisableCause, KeptAction, OutcomeKind } from '../../common/outcomes';
import type { SyncDataType } from '../../common/records';
import type { SourceRules } from '../../common/rules';
import type { TaskMode, TaskStatus, TaskTrigger } from '../../common/tasks';

/** Primary keys are numbers or, where they are large, text. */
export type Id = number | string;

export interface SourceType {
  readonly name: string;
  /** May be a template of the host: `{{t("LDAP")}}`. */
  readonly title: string;
  /** Whether its sources can be run with Sync. */
  readonly isPullable: boolean;
  readonly canTest: boolean;
}

export interface SourceValues {
  readonly name: string;
  readonly sourceType: string;
  readonly displayName?: string | null;
  readonly enabled: boolean;
  readonly options: Readonly<Record<string, unknown>>;
  readonly rules: SourceRules;
}

export interface Source extends SourceValues {
  readonly id: Id;
  /** Names of secret options that are stored; their values never leave the server. */
  readonly secretsSet: readonly string[];
  /** The newest run that was no preview. */
  readonly lastTask: Task | null;
  /** The newest preview, if it is newer than that run. */
  readonly lastPreview: Task | null;
  /** Runs that wait for approval, the newest first. */
  readonly blockedTaskIds: readonly Id[];
}

/** A user, as far as one is named. */
export interface Person {
  readonly nickname?: string | null;
  readonly username?: string | null;
  readonly email?: string | null;
}

/** A user who can be chosen. */
export interface User extends Person {
  readonly id: Id;
}

/** How many records of a target ended how. */
export type Counts = Readonly<Record<string, number>>;

export interface Task {
  readonly id: Id;
  readonly batch: string;
  readonly sourceId: Id;
  /** Known also when the source is no more. */
  readonly sourceName?: string | null;
  readonly source?: { readonly name: string; readonly displayName?: string | null; readonly sourceType: string } | null;
  readonly createdBy?: Person | null;
  readonly status: TaskStatus;
  readonly code: string | null;
  readonly message: string | null;
  readonly params: Readonly<Record<string, string | number>> | null;
  readonly trigger: TaskTrigger | null;
  /** `null` before anything has come. */
  readonly mode: TaskMode | null;
  /** Whether it is a preview: it says what would be done, and writes nothing. */
  readonly dryRun?: boolean | null;
  readonly attempt: number | null;
  /** The attempts before, the oldest first. */
  readonly earlierAttempts?: readonly EarlierAttempt[] | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** In ms. */
  readonly cost: number | null;
  /** When everything had come; before that the run is reading. */
  readonly receivedAt?: string | null;
  readonly done: number | null;
  readonly total: number | null;
  readonly counts: Readonly<Record<string, Counts>> | null;
  /** Who approved or rejected a run that was held. */
  readonly decidedBy?: Person | null;
  readonly decidedAt?: string | null;
  /** Until when a run that is held waits for a decision. */
  readonly heldUntil?: string | null;
  /** Of a run that is held: the run that has been given newer data since; then this one cannot be approved any more. */
  readonly newerTaskId?: Id | null;
}

/** An attempt that was followed by another one. */
export interface EarlierAttempt extends Pick<Task, 'status' | 'code' | 'startedAt' | 'finishedAt' | 'counts'> {
  readonly attempt: number;
}

export interface Outcome {
  readonly id: Id;
  readonly target: string;
  readonly uid: string;
  readonly name: string | null;
  readonly action: KeptAction;
  readonly rowId: string | null;
  readonly code: string | null;
  readonly params: Readonly<Record<string, string | number>> | null;
  readonly message: string | null;
  readonly changes: Readonly<Record<string, { readonly old: unknown; readonly new: unknown }>> | null;
  readonly dataType?: SyncDataType | null;
  /** A record that was delivered, one that is missing or marked as deleted, or one that could not be understood. */
  readonly kind?: OutcomeKind | null;
  /** Whether the run was held, so that this has not been done. */
  readonly held?: boolean | null;
}

/** An outcome of a run that wrote, with that run. */
export interface Change extends Outcome {
  readonly taskId: Id;
  /** When it was done: a retry runs later than its task began. */
  readonly at?: string | null;
  readonly task?: Pick<Task, 'id' | 'startedAt' | 'source' | 'sourceName'> | null;
}

/** Whose changes are looked for: by a text, or exactly one row. */
export type ChangeSearch = { readonly search: string } | { readonly rowId: string; readonly dataType?: SyncDataType };

/** A user who may not sign in, and why. */
export interface DisabledUser {
  readonly id: Id;
  readonly userId: Id;
  readonly user: User | null;
  readonly disabledAt: string;
  readonly cause: DisableCause;
  readonly sourceName: string | null;
  readonly taskId: Id | null;
  readonly disabledBy: Person | null;
}

/** A role that may push where a source names it. */
export interface PushRole {
  readonly name: string;
  /** May be a template of the host: `{{t("Member")}}`. */
  readonly title: string;
}

export interface Page<T> {
  readonly rows: readonly T[];
  readonly count: number;
}

export interface TaskFilter {
  readonly sourceId?: Id;
  readonly status?: readonly TaskStatus[];
  /** Only previews, or only runs that write; otherwise both. */
  readonly dryRun?: boolean;
  /** ISO dates. */
  readonly from?: string;
  readonly to?: string;
}

export interface OutcomeFilter {
  readonly taskId: Id;
  readonly attempt: number;
  readonly target?: string;
  readonly action?: readonly string[];
  readonly kind?: Outcome['kind'];
  readonly search?: string;
}
