/** One choice for each name of a table. */
export type Choices<T extends Readonly<Record<string, readonly string[]>>> = {
  readonly [Name in keyof T]: T[Name][number];
};

/** What may become of a user or a department: may not sign in any more, is deleted, or stays as it is. */
export const REMOVALS = { users: ['disable', 'delete', 'keep'], departments: ['delete', 'keep'] } as const;

/** What becomes of what a source removes. */
export type RemovalPolicy = Choices<typeof REMOVALS>;

/**
 * So much may be removed within the window of the safeguard without asking: whatever is exceeded first holds the run.
 * `count: 0` asks always.
 */
export interface RemovalLimit {
  /** Rows. */
  readonly count: number;
  /** Percent of what the source owned when the window began; a few are always allowed, see `pipeline/safeguard.ts`. */
  readonly percent: number;
}

export interface RemovalLimits {
  /** All users, also those who were there before the source. */
  readonly users: RemovalLimit;
  readonly departments: RemovalLimit;
  /** Users who were there before the source: what happens to them was not the source's to begin with. */
  readonly adopted: RemovalLimit;
}

/** Who may push for a source over HTTP, besides those who may configure sources. */
export interface PushRule {
  /** Names of roles. */
  readonly roles: readonly string[];
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
  /** Uids of departments: only these, everything below them, and the users in one of them. Empty: all. */
  readonly subtrees: readonly string[];
}

export const PROTECTIONS = {
  /** Whether a source manages users who have a privileged role; root users never. */
  privilegedUsers: ['refuse', 'allow'],
  /** What it does with the user name, e-mail address and phone number of users who were there before it. */
  identity: ['change', 'keep'],
  /** Whether it puts users into departments that give a role; into one that gives a privileged role never. */
  departmentRoles: ['refuse', 'allow'],
} as const;

/** What a source may do to people who may do more than others, and to those who were there before it. */
export type ProtectionRules = Choices<typeof PROTECTIONS>;

/** What an administrator decided about a source, besides how it is reached. */
export interface SourceRules {
  readonly removal: RemovalPolicy;
  readonly limits: RemovalLimits;
  readonly scope: Scope;
  readonly push: PushRule;
  readonly protection: ProtectionRules;
}

/** The safeguard's limits: as in Entra Connect (500) and Okta (20 %). */
const DEFAULT_LIMIT: RemovalLimit = { count: 500, percent: 20 };
const DEFAULT_ADOPTED_LIMIT: RemovalLimit = { count: 25, percent: 10 };

/** What is left out of rules has its value from these. */
export const DEFAULT_RULES: SourceRules = {
  removal: { users: 'disable', departments: 'delete' },
  limits: { users: DEFAULT_LIMIT, departments: DEFAULT_LIMIT, adopted: DEFAULT_ADOPTED_LIMIT },
  scope: { users: [], departments: [], subtrees: [] },
  push: { roles: [] },
  protection: { privilegedUsers: 'refuse', identity: 'change', departmentRoles: 'refuse' },
};

/** The largest limits that make sense. */
export const MAX_LIMIT: RemovalLimit = { count: 10_000_000, percent: 100 };

/** How many entries the lists of rules may have, and how long their texts may be. */
export const MAX_RULES = { conditions: 50, subtrees: 1000, roles: 100, nameLength: 255, valueLength: 1000 } as const;
