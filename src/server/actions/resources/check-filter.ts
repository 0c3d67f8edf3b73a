import { isObject } from '../../validation';
import type { Exposed, Fields, FieldType } from './exposed-fields';
import { EXPECTED, EXPECTED_PARAMS, instantOf, OPERATORS, toBoolean, toValue, type FilterValue } from './operators';
import { malformed, unknownName } from './refuse';

/** So many conditions and values of lists may a filter have. */
const MAX_CONDITIONS = 500;
/** How deep `$and` and `$or` may be nested. */
const MAX_DEPTH = 8;

/** A filter in the terms of the host, which is made anew: nothing of what was sent reaches the host as it is. */
export interface HostFilter {
  readonly [name: string]: HostFilter | readonly HostFilter[] | Operation;
}
type Operation = Readonly<Record<string, FilterValue | readonly FilterValue[]>> | null;

/** What the check of one filter knows all the way down. */
interface Check {
  readonly exposed: Exposed;
  /** The zone of dates that name none, such as `+08:00`. */
  readonly zone: string;
  /** Conditions that may still come. */
  left: number;
}

/** Checks a filter: only fields of the table, with operators and values that fit what the field holds. */
export function checkFilter(filter: unknown, exposed: Exposed, zone: string): HostFilter | undefined {
  if (filter === undefined || filter === null) return undefined;
  const conditions = checkGroup(filter, 'filter', 0, { exposed, zone, left: MAX_CONDITIONS });
  return conditions.length > 0 ? { $and: conditions } : undefined;
}

/** Conditions of which all have to hold. */
function checkGroup(group: unknown, path: string, depth: number, check: Check): HostFilter[] {
  if (!isObject(group)) throw malformed(path, 'filter');
  if (depth > MAX_DEPTH) throw malformed(path, 'levelsUpTo', { max: MAX_DEPTH });
  const conditions: HostFilter[] = [];
  for (const name of Object.keys(group)) {
    const at = `${path}.${name}`;
    const isBranch = name === '$and' || name === '$or';
    const found = isBranch
      ? checkBranches(name, group[name], at, depth, check)
      : checkNamed(name.split('.'), group[name], path, check);
    for (const condition of found) conditions.push(condition);
  }
  return conditions;
}

function checkBranches(
  name: '$and' | '$or',
  branches: unknown,
  path: string,
  depth: number,
  check: Check,
): HostFilter[] {
  if (!Array.isArray(branches)) throw malformed(path, 'array');
  const checked = branches.map((branch, index) => {
    spend(check);
    return checkGroup(branch, `${path}[${index}]`, depth + 1, check);
  });
  const filled = checked.filter((conditions) => conditions.length > 0);
  return filled.length > 0 ? [{ [name]: filled.map((conditions) => ({ $and: conditions })) }] : [];
}

/** `name`, `name.$eq`, `relation.name` or `relation.name.$eq`, as a name with dots or as objects in each other. */
function checkNamed(names: readonly string[], value: unknown, path: string, check: Check): HostFilter[] {
  const [name, ...rest] = names;
  const { fields, relations } = check.exposed;
  if (!Object.hasOwn(relations, name)) {
    const known = [...filterable(fields), ...Object.keys(relations)];
    return checkField('', names, value, path, fields, known, check);
  }
  const related = relations[name];
  const known = filterable(related);
  if (rest.length > 0) return checkField(`${name}.`, rest, value, `${path}.${name}`, related, known, check);
  if (!isObject(value)) throw malformed(`${path}.${name}`, 'object');
  return Object.keys(value).flatMap((key) =>
    checkField(`${name}.`, key.split('.'), value[key], `${path}.${name}`, related, known, check),
  );
}

function checkField(
  prefix: string,
  [name, operator, ...rest]: readonly string[],
  value: unknown,
  path: string,
  fields: Fields,
  known: readonly string[],
  check: Check,
): HostFilter[] {
  if (!Object.hasOwn(fields, name) || fields[name] === 'json') throw unknownName(`${path}.${name}`, known);
  const at = `${path}.${name}`;
  if (rest.length > 0) throw unknownName([at, operator, ...rest].join('.'), []);
  const operations = operator === undefined ? operationsOf(value) : { [operator]: value };
  const given = Object.keys(operations);
  // The reader of queries leaves out names that every object has, and no condition at all would find everything.
  if (given.length === 0) throw unknownName(at, Object.keys(OPERATORS[fields[name]]));
  return given.map((each) => ({
    [`${prefix}${name}`]: checkOperation(fields[name], each, operations[each], at, check),
  }));
}

/** A value alone is to be equal, one of a list is to be one of them. */
function operationsOf(value: unknown): Record<string, unknown> {
  if (isObject(value)) return value;
  return Array.isArray(value) ? { $in: value } : { $eq: value };
}

function checkOperation(type: FieldType, operator: string, value: unknown, path: string, check: Check): Operation {
  spend(check);
  const operators = OPERATORS[type];
  const at = `${path}.${operator}`;
  if (!Object.hasOwn(operators, operator)) throw unknownName(at, Object.keys(operators));
  const one = (item: unknown, where = at) => {
    const found = toValue(type, item);
    if (found === undefined) throw malformed(where, EXPECTED[type], EXPECTED_PARAMS);
    return type === 'date' ? inZone(found as string, operator, check.zone) : found;
  };
  const many = (items: unknown) => {
    if (!Array.isArray(items)) throw malformed(at, 'array');
    return items.map((item, index) => {
      spend(check);
      return one(item, `${at}[${index}]`);
    });
  };
  switch (operators[operator]) {
    case 'valueOrNull':
      // The host's `$eq` would look for the text "null".
      if (value === null && operator === '$eq') return null;
      return { [operator]: value === null ? null : one(value) };
    case 'value':
      return { [operator]: one(value) };
    case 'list':
      return { [operator]: many(value) };
    case 'flag': {
      const flag = toBoolean(value);
      if (flag === undefined) throw malformed(at, 'boolean');
      return { [operator]: flag };
    }
    case 'range': {
      const ends = many(value);
      if (ends.length !== 2) throw malformed(at, 'twoDates');
      return { [operator]: ends };
    }
  }
}

/** Operators on days, months and years work in the time zone of the request; the others compare points in time. */
function inZone(date: string, operator: string, zone: string): string {
  const zoned = /(Z|[+-]\d\d:\d\d)$/.test(date.slice('YYYY-MM'.length)) ? date : `${date}${zone}`;
  return operator.startsWith('$date') ? zoned : new Date(instantOf(zoned)).toISOString();
}

function filterable(fields: Fields): string[] {
  return Object.keys(fields).filter((name) => fields[name] !== 'json');
}

function spend(check: Check): void {
  check.left -= 1;
  if (check.left < 0) throw malformed('filter', 'conditionsUpTo', { max: MAX_CONDITIONS });
}
