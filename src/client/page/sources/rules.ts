/** Whether something of a record meets a condition. */
export const CONDITION_OPERATORS = ['equals', 'contains', 'matches'] as const;

export interface ScopeCondition {
  readonly field: string;
  readonly operator: (typeof CONDITION_OPERATORS)[number];
  readonly value: string;
}

/** So much may go in one run without asking: rows, and percent of what the source owns. */
export interface RemovalLimit {
  readonly count: number;
  readonly percent: number;
}

export const USER_REMOVALS = ['disable', 'delete', 'keep'] as const;
export const DEPARTMENT_REMOVALS = ['delete', 'keep'] as const;

/** The two kinds of records, for which most rules stand apart. */
export type RecordKind = 'users' | 'departments';

/** What an administrator decided about a source, besides how it is reached. */
export interface SourceRules {
  readonly removal: {
    readonly users: (typeof USER_REMOVALS)[number];
    readonly departments: (typeof DEPARTMENT_REMOVALS)[number];
  };
  readonly limits: Readonly<Record<RecordKind, RemovalLimit>>;
  readonly scope: {
    readonly users: readonly ScopeCondition[];
    readonly departments: readonly ScopeCondition[];
    /** Uids of departments. */
    readonly subtrees: readonly string[];
  };
}

const DEFAULT_LIMIT: RemovalLimit = { count: 500, percent: 20 };

/** What a new source begins with; the server has the same for what is left out. */
export const DEFAULT_RULES: SourceRules = {
  removal: { users: 'disable', departments: 'delete' },
  limits: { users: DEFAULT_LIMIT, departments: DEFAULT_LIMIT },
  scope: { users: [], departments: [], subtrees: [] },
};
