import { fromJsonColumn } from '../database/json-column';
import { isStorable } from '../database/storable-text';
import { SyncError, type MessageParams } from '../errors';
import { isPattern } from '../records/pattern';
import {
  DEFAULT_RULES,
  DEPARTMENT_REMOVALS,
  IDENTITIES,
  PERMISSIONS,
  SCOPE_OPERATORS,
  USER_REMOVALS,
  type ProtectionRules,
  type RemovalLimit,
  type ScopeCondition,
  type SourceRules,
} from './source-rules';

const MAX_COUNT = 10_000_000;
const MAX_NAME_LENGTH = 255;
const MAX_VALUE_LENGTH = 1000;
const MAX_CONDITIONS = 50;
const MAX_SUBTREES = 1000;
const MAX_ROLES = 100;

/** Hears of what is wrong, with its path. When it returns, the default is taken. */
type Complain = (path: string, expected: string, params?: MessageParams) => void;

/** The rules of a source as they are stored: what is absent or cannot be understood has its default. */
export function rulesOf(stored: unknown): SourceRules {
  return readRules(parsed(stored), () => undefined);
}

/**
 * The rules that somebody submits, with defaults for what is absent; `null` means the defaults. Fails with
 * `INVALID_REQUEST` and the path of what is wrong.
 */
export function parseRules(submitted: unknown): SourceRules {
  return readRules(submitted, (path, expected, params) => {
    throw new SyncError('INVALID_REQUEST', { path, expected, ...params });
  });
}

function parsed(stored: unknown): unknown {
  try {
    return fromJsonColumn(stored);
  } catch {
    return null;
  }
}

function readRules(value: unknown, complain: Complain): SourceRules {
  const { removal, limits, scope, push } = DEFAULT_RULES;
  const read = new RulesReader(complain);
  const rules = read.object(value, 'rules', DEFAULT_RULES);
  const policy = read.object(rules.removal, 'rules.removal', removal);
  const bounds = read.object(rules.limits, 'rules.limits', limits);
  const taken = read.object(rules.scope, 'rules.scope', scope);
  const pushing = read.object(rules.push, 'rules.push', push);
  return {
    removal: {
      users: read.choice(policy.users, 'rules.removal.users', USER_REMOVALS, removal.users),
      departments: read.choice(
        policy.departments,
        'rules.removal.departments',
        DEPARTMENT_REMOVALS,
        removal.departments,
      ),
    },
    limits: {
      users: read.limit(bounds.users, 'rules.limits.users', limits.users),
      departments: read.limit(bounds.departments, 'rules.limits.departments', limits.departments),
      adopted: read.limit(bounds.adopted, 'rules.limits.adopted', limits.adopted),
    },
    scope: {
      users: read.conditions(taken.users, 'rules.scope.users'),
      departments: read.conditions(taken.departments, 'rules.scope.departments'),
      subtrees: read.names(taken.subtrees, 'rules.scope.subtrees', MAX_SUBTREES),
    },
    push: { roles: read.names(pushing.roles, 'rules.push.roles', MAX_ROLES) },
    protection: readProtection(rules.protection, read),
  };
}

function readProtection(value: unknown, read: RulesReader): ProtectionRules {
  const path = 'rules.protection';
  const defaults = DEFAULT_RULES.protection;
  const { privilegedUsers, identity, departmentRoles } = read.object(value, path, defaults);
  return {
    privilegedUsers: read.choice(privilegedUsers, `${path}.privilegedUsers`, PERMISSIONS, defaults.privilegedUsers),
    identity: read.choice(identity, `${path}.identity`, IDENTITIES, defaults.identity),
    departmentRoles: read.choice(departmentRoles, `${path}.departmentRoles`, PERMISSIONS, defaults.departmentRoles),
  };
}

/** Reads the parts of rules one by one. */
class RulesReader {
  constructor(private readonly complain: Complain) {}

  /** An object that has no other keys than the given ones; `null` is an empty one. */
  object<K extends string>(
    value: unknown,
    path: string,
    known: Readonly<Record<K, unknown>>,
  ): Partial<Record<K, unknown>> {
    if (isAbsent(value)) return {};
    if (typeof value !== 'object' || Array.isArray(value)) {
      this.complain(path, 'object');
      return {};
    }
    const unknown = Object.keys(value).find((key) => !Object.hasOwn(known, key));
    if (unknown !== undefined)
      this.complain(`${path}.${unknown.slice(0, MAX_NAME_LENGTH)}`, 'knownKey', {
        keys: Object.keys(known).join(', '),
      });
    return Object.fromEntries(Object.entries(value).filter(([key]) => Object.hasOwn(known, key))) as Partial<
      Record<K, unknown>
    >;
  }

  choice<T extends string>(value: unknown, path: string, choices: readonly T[], fallback: T): T {
    if (isAbsent(value)) return fallback;
    const chosen = choices.find((choice) => choice === value);
    if (chosen === undefined) this.complain(path, choices.join(', '));
    return chosen ?? fallback;
  }

  limit(value: unknown, path: string, fallback: RemovalLimit): RemovalLimit {
    const { count, percent } = this.object(value, path, fallback);
    return {
      count: this.number(count, `${path}.count`, MAX_COUNT, 'wholeNumberBetween', fallback.count),
      percent: this.number(percent, `${path}.percent`, 100, 'numberBetween', fallback.percent),
    };
  }

  conditions(value: unknown, path: string): ScopeCondition[] {
    return this.list(value, path, MAX_CONDITIONS).flatMap(
      (item, index) => this.condition(item, `${path}[${index}]`) ?? [],
    );
  }

  /** Uids, or names of roles, each once. */
  names(value: unknown, path: string, max: number): string[] {
    const names = this.list(value, path, max).map((name, index) => this.name(name, `${path}[${index}]`));
    return [...new Set(names.filter((name) => name !== undefined))];
  }

  private condition(item: unknown, path: string): ScopeCondition | undefined {
    if (isAbsent(item)) return void this.complain(path, 'object');
    const { field, operator, value } = this.object(item, path, { field: '', operator: '', value: '' });
    const name = this.name(field, `${path}.field`);
    const chosen = SCOPE_OPERATORS.find((known) => known === operator);
    if (chosen === undefined) this.complain(`${path}.operator`, SCOPE_OPERATORS.join(', '));
    if (typeof value !== 'string' || value.length > MAX_VALUE_LENGTH || !isStorable(value))
      return void this.complain(`${path}.value`, 'textUpTo', { max: MAX_VALUE_LENGTH });
    if (chosen === 'matches' && !isPattern(value)) return void this.complain(`${path}.value`, 'pattern');
    return name === undefined || chosen === undefined ? undefined : { field: name, operator: chosen, value };
  }

  private name(value: unknown, path: string): string | undefined {
    const name = typeof value === 'string' ? value.trim() : '';
    if (name !== '' && name.length <= MAX_NAME_LENGTH && isStorable(name)) return name;
    return void this.complain(path, 'textBetween', { min: 1, max: MAX_NAME_LENGTH });
  }

  private number(value: unknown, path: string, max: number, expected: string, fallback: number): number {
    if (isAbsent(value)) return fallback;
    const isWhole = expected === 'numberBetween' || Number.isInteger(value);
    if (typeof value === 'number' && isWhole && value >= 0 && value <= max) return value;
    this.complain(path, expected, { min: 0, max });
    return fallback;
  }

  private list(value: unknown, path: string, max: number): readonly unknown[] {
    if (isAbsent(value)) return [];
    if (Array.isArray(value) && value.length <= max) return value;
    this.complain(path, 'listUpTo', { max });
    return [];
  }
}

const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;
