export const USER_REMOVALS = ['disable', 'delete', 'keep'] as const;
/** What becomes of a user that its source removes: may not sign in any more, is deleted, or stays as it is. */
export type UserRemoval = (typeof USER_REMOVALS)[number];

export const DEPARTMENT_REMOVALS = ['delete', 'keep'] as const;
/** What becomes of a department that its source removes: is deleted, or stays as it is. */
export type DepartmentRemoval = (typeof DEPARTMENT_REMOVALS)[number];

/** What becomes of what a source removes. */
export interface RemovalPolicy {
  readonly users: UserRemoval;
  readonly departments: DepartmentRemoval;
}

/** So much may be removed in one run without asking: whatever is exceeded first holds the run. */
export interface RemovalLimit {
  /** Rows. */
  readonly count: number;
  /** Percent of what the source owns; judged from 50 on. */
  readonly percent: number;
}

export interface RemovalLimits {
  readonly users: RemovalLimit;
  readonly departments: RemovalLimit;
}

/** `equals` and `contains` take no notice of case; `matches` is a regular expression. */
export const SCOPE_OPERATORS = ['equals', 'contains', 'matches'] as const;

/** A condition on one field of a record. */
export interface ScopeCondition {
  readonly field: string;
  readonly operator: (typeof SCOPE_OPERATORS)[number];
  readonly value: string;
}

/** Which records of a source are taken: those that meet every condition. What is out of scope counts as absent. */
export interface Scope {
  readonly users: readonly ScopeCondition[];
  readonly departments: readonly ScopeCondition[];
  /** Uids of departments: only these, everything below them, and who is in one of them. Empty: all. */
  readonly subtrees: readonly string[];
}

/** What an administrator decided about a source, besides how it is reached. */
export interface SourceRules {
  readonly removal: RemovalPolicy;
  readonly limits: RemovalLimits;
  readonly scope: Scope;
}

/** The safeguard's limits: as in Entra Connect (500) and Okta (20 %). */
const DEFAULT_LIMIT: RemovalLimit = { count: 500, percent: 20 };

export const DEFAULT_RULES: SourceRules = {
  removal: { users: 'disable', departments: 'delete' },
  limits: { users: DEFAULT_LIMIT, departments: DEFAULT_LIMIT },
  scope: { users: [], departments: [], subtrees: [] },
};
