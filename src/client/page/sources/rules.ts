/** Whether something of a record meets a condition. */
export const CONDITION_OPERATORS = ['equals', 'contains', 'matches'] as const;

export interface ScopeCondition {
  readonly field: string;
  readonly operator: (typeof CONDITION_OPERATORS)[number];
  readonly value: string;
}

/** So much may be removed in a while without asking: rows, and percent of what the source owns. */
export interface RemovalLimit {
  readonly count: number;
  readonly percent: number;
}

export const USER_REMOVALS = ['disable', 'delete', 'keep'] as const;
export const DEPARTMENT_REMOVALS = ['delete', 'keep'] as const;

/** The two kinds of records, for which most rules stand apart. */
export type RecordKind = 'users' | 'departments';

/** What has a limit of its own; `adopted` are users who were there before the source. */
export type LimitKind = RecordKind | 'adopted';
/** What a source may do to people who may do more than others, and to those who were there before it. */
export const PROTECTION_RULES = {
  privilegedUsers: ['refuse', 'allow'],
  identity: ['change', 'keep'],
  departmentRoles: ['refuse', 'allow'],
} as const;

type ProtectionRules = {
  readonly [Rule in keyof typeof PROTECTION_RULES]: (typeof PROTECTION_RULES)[Rule][number];
};

/** What an administrator decided about a source, besides how it is reached. */
export interface SourceRules {
  readonly removal: {
    readonly users: (typeof USER_REMOVALS)[number];
    readonly departments: (typeof DEPARTMENT_REMOVALS)[number];
  };
  readonly limits: Readonly<Record<LimitKind, RemovalLimit>>;
  readonly scope: {
    readonly users: readonly ScopeCondition[];
    readonly departments: readonly ScopeCondition[];
    /** Uids of departments. */
    readonly subtrees: readonly string[];
  };
  /** Names of roles that may push, besides those that may configure sources. */
  readonly push: { readonly roles: readonly string[] };
  readonly protection: ProtectionRules;
}

const DEFAULT_LIMIT: RemovalLimit = { count: 500, percent: 20 };
const DEFAULT_ADOPTED_LIMIT: RemovalLimit = { count: 25, percent: 10 };

/** What a new source begins with; the server has the same for what is left out. */
export const DEFAULT_RULES: SourceRules = {
  removal: { users: 'disable', departments: 'delete' },
  limits: { users: DEFAULT_LIMIT, departments: DEFAULT_LIMIT, adopted: DEFAULT_ADOPTED_LIMIT },
  scope: { users: [], departments: [], subtrees: [] },
  push: { roles: [] },
  protection: { privilegedUsers: 'refuse', identity: 'change', departmentRoles: 'refuse' },
};
