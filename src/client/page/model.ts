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
}

export interface Source extends SourceValues {
  readonly id: Id;
  /** Names of secret options that are stored; their values never leave the server. */
  readonly secretsSet: readonly string[];
  readonly lastTask: Task | null;
}

export type TaskStatus = 'init' | 'processing' | 'success' | 'partially_failed' | 'failed' | 'canceled' | 'blocked';

export const TASK_STATUSES: readonly TaskStatus[] = [
  'processing',
  'success',
  'partially_failed',
  'failed',
  'canceled',
  'blocked',
  'init',
];

/** How many records of a target ended how. */
export type Counts = Readonly<Record<string, number>>;

export interface Task {
  readonly id: Id;
  readonly batch: string;
  readonly sourceId: Id;
  readonly source?: { readonly name: string; readonly displayName?: string | null; readonly sourceType: string } | null;
  readonly createdBy?: { readonly nickname?: string | null; readonly username?: string | null } | null;
  readonly status: TaskStatus;
  readonly code: string | null;
  readonly message: string | null;
  readonly params: Readonly<Record<string, string | number>> | null;
  readonly trigger: string | null;
  readonly mode: string | null;
  readonly attempt: number | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** In ms. */
  readonly cost: number | null;
  readonly done: number | null;
  readonly total: number | null;
  readonly counts: Readonly<Record<string, Counts>> | null;
}

export const OUTCOME_ACTIONS = ['created', 'linked', 'updated', 'unlinked', 'deleted', 'failed'] as const;

export interface Outcome {
  readonly id: Id;
  readonly target: string;
  readonly uid: string;
  readonly name: string | null;
  readonly action: (typeof OUTCOME_ACTIONS)[number];
  readonly rowId: string | null;
  readonly code: string | null;
  readonly params: Readonly<Record<string, string | number>> | null;
  readonly message: string | null;
  readonly changes: Readonly<Record<string, { readonly old: unknown; readonly new: unknown }>> | null;
}

export interface Page<T> {
  readonly rows: readonly T[];
  readonly count: number;
}

export interface TaskFilter {
  readonly sourceId?: Id;
  readonly status?: readonly TaskStatus[];
  /** ISO dates. */
  readonly from?: string;
  readonly to?: string;
}

export interface OutcomeFilter {
  readonly taskId: Id;
  readonly attempt: number;
  readonly target?: string;
  readonly action?: readonly string[];
  readonly search?: string;
}
