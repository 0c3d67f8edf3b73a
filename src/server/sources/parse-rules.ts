import * as z from 'zod/mini';
import {
  DEFAULT_RULES,
  MAX_LIMIT,
  MAX_RULES,
  PROTECTIONS,
  REMOVALS,
  SCOPE_OPERATORS,
  type Choices,
  type RemovalLimit,
  type RemovalLimits,
  type Scope,
  type ScopeCondition,
  type SourceRules,
} from '../../common/rules';
import { fromJsonColumn } from '../database/json-column';
import { isStorable } from '../database/storable-text';
import { isPattern } from '../records/pattern';
import { choice, expecting, parse, strictObject, wholeBetween, withDefault, type Schema } from '../validation';

const { nameLength, valueLength } = MAX_RULES;
const NAME = expecting(z.string().check(z.trim(), z.minLength(1), z.maxLength(nameLength), z.refine(isStorable)), {
  expected: 'textBetween',
  min: 1,
  max: nameLength,
});
const VALUE = expecting(z.string().check(z.maxLength(valueLength), z.refine(isStorable)), {
  expected: 'textUpTo',
  max: valueLength,
});
const COUNT = wholeBetween(0, MAX_LIMIT.count);
const PERCENT = expecting(z.number().check(z.minimum(0), z.maximum(MAX_LIMIT.percent)), {
  expected: 'numberBetween',
  min: 0,
  max: MAX_LIMIT.percent,
});

/** The rules of a source as they are stored: what is absent or cannot be understood has its default. */
export function readStoredRules(stored: unknown): SourceRules {
  return parse(STORED, parsed(stored));
}

/**
 * The rules that somebody submits, with defaults for what is absent; `null` means the defaults. Fails with
 * `INVALID_REQUEST` and the path of what is wrong.
 */
export function parseRules(submitted: unknown): SourceRules {
  return parse(SUBMITTED, submitted, { name: 'rules' });
}

function parsed(stored: unknown): unknown {
  try {
    return fromJsonColumn(stored);
  } catch {
    return null;
  }
}

/** Builds the schema of rules. Where they are read leniently, what is wrong has its default, and is left out of a list. */
class RulesSchema {
  private readonly object = this.isStrict ? strictObject : z.object;

  private constructor(private readonly isStrict: boolean) {}

  static of(reading: 'strict' | 'lenient'): Schema<SourceRules> {
    return new RulesSchema(reading === 'strict').rules();
  }

  private rules(): Schema<SourceRules> {
    const { removal, limits, scope, push, protection } = DEFAULT_RULES;
    const rules = this.object({
      removal: this.choices(REMOVALS, removal),
      limits: this.limits(limits),
      scope: this.scope(scope),
      push: this.or(this.object({ roles: this.names(MAX_RULES.roles) }), push),
      protection: this.choices(PROTECTIONS, protection),
    });
    return this.or(rules, DEFAULT_RULES);
  }

  private choices<T extends Readonly<Record<string, readonly string[]>>>(allowed: T, defaults: Choices<T>) {
    const members = Object.entries(allowed).map(([name, values]) => [name, this.or(choice(values), defaults[name])]);
    return this.or(this.object(Object.fromEntries(members)) as Schema<Choices<T>>, defaults);
  }

  private limits(defaults: RemovalLimits): Schema<RemovalLimits> {
    const { users, departments, adopted } = defaults;
    const all = { users: this.limit(users), departments: this.limit(departments), adopted: this.limit(adopted) };
    return this.or(this.object(all), defaults);
  }

  private limit(defaults: RemovalLimit): Schema<RemovalLimit> {
    const { count, percent } = defaults;
    return this.or(this.object({ count: this.or(COUNT, count), percent: this.or(PERCENT, percent) }), defaults);
  }

  private scope(defaults: Scope): Schema<Scope> {
    const conditions = this.list(this.condition(), MAX_RULES.conditions);
    const subtrees = this.names(MAX_RULES.subtrees);
    return this.or(this.object({ users: conditions, departments: conditions, subtrees }), defaults);
  }

  private condition(): Schema<ScopeCondition> {
    return this.object({ field: NAME, operator: choice(SCOPE_OPERATORS), value: VALUE }).check(
      z.refine(({ operator, value }) => operator !== 'matches' || isPattern(value), {
        path: ['value'],
        params: { expected: 'pattern' },
      }),
    );
  }

  /** Uids, or names of roles, each once. */
  private names(max: number): Schema<readonly string[]> {
    return z.pipe(
      this.list(NAME, max),
      z.transform((all) => [...new Set(all)]),
    );
  }

  private list<T>(item: Schema<T>, max: number): Schema<readonly T[]> {
    const items = expecting(z.array(z.unknown()).check(z.maxLength(max)), { expected: 'listUpTo', max });
    if (this.isStrict) return this.or<readonly T[]>(z.pipe(items, z.array(item)), []);
    const understood = z.transform((all: unknown[]) =>
      all.map((one) => z.safeParse(item, one)).flatMap(({ success, data }) => (success ? [data] : [])),
    );
    return this.or<readonly T[]>(z.pipe(items, understood), []);
  }

  private or<T extends object | string | number>(schema: Schema<T>, fallback: T): Schema<T> {
    const filled = withDefault(schema, fallback);
    return this.isStrict ? filled : z.catch(filled, fallback);
  }
}

const SUBMITTED = RulesSchema.of('strict');
const STORED = RulesSchema.of('lenient');
