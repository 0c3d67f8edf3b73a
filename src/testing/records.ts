import { isDate, isNativeError } from 'node:util/types';
import type { SyncDataType } from '../common/records';
import type { DepartmentRecord, SyncRecord } from '../server/model/records';
import type { HandedOver } from './handed-over';
import { isShaped } from './shape';
import type { Understood } from './understood';

/** How many records of each type a test system has. */
export interface Expected {
  readonly users?: number;
  readonly departments?: number;
}

/** Without numbers it is enough that there is something to look at. */
export function problemsOfCount({ deliveries }: Understood, expected: Expected): string[] {
  const count = (dataType: SyncDataType) =>
    deliveries.filter((one) => one.dataType === dataType).reduce((sum, { records }) => sum + records.length, 0);
  const found = { users: count('user'), departments: count('department') };
  const wrong = (['users', 'departments'] as const).filter((name) => (expected[name] ?? found[name]) !== found[name]);
  if (found.users + found.departments === 0)
    return ['pull() returns no records, so nothing can be checked. Use a system with a few users or departments.'];
  return wrong.map((name) => `${expected[name]} ${name} are expected, and pull() returns ${found[name]}.`);
}

/** Uids that come more than once: only the last record would count. */
export function problemsOfUids({ records }: Understood): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { dataType, uid } of records) {
    const key = `${dataType} "${uid}"`;
    (seen.has(key) ? twice : seen).add(key);
  }
  return [...twice].map(
    (key) => `The ${key} appears more than once. Only the last record is used: return each uid once.`,
  );
}

/** Departments that are named, and not among those that are delivered, although those are all that there are. */
export function problemsOfNames({ deliveries, records }: Understood): string[] {
  if (!deliveries.some(({ dataType, mode }) => dataType === 'department' && mode === 'full')) return [];
  const present = records.filter(({ isDeleted }) => !isDeleted);
  const known = new Set(present.filter(isDepartment).map(({ uid }) => uid));
  const unknown = present.flatMap((record) =>
    namedBy(record)
      .filter((uid) => !known.has(uid))
      .map((uid) => `The ${record.dataType} "${record.uid}" names the department "${uid}"`),
  );
  return unknown.map(
    (what) =>
      `${what}, which a full delivery of departments does not have. Deliver it, leave the name out, or set allowUnknownDepartments.`,
  );
}

function namedBy(record: SyncRecord): string[] {
  if (isDepartment(record)) return record.parentUid === null ? [] : [record.parentUid];
  return record.departments?.map(({ uid }) => uid) ?? [];
}

/** Departments that are above themselves: the plugin does not write them. */
export function problemsOfTree({ records }: Understood): string[] {
  const parents = new Map(records.filter(isDepartment).map(({ uid, parentUid }) => [uid, parentUid]));
  const isAboveItself = (uid: string) => {
    const seen = new Set<string>();
    let above = parents.get(uid);
    while (above && above !== uid && !seen.has(above)) {
      seen.add(above);
      above = parents.get(above);
    }
    return above === uid;
  };
  return [...parents.keys()]
    .filter(isAboveItself)
    .map((uid) => `The department "${uid}" is above itself. Correct parentUid: departments are a tree.`);
}

const isDepartment = (record: SyncRecord): record is DepartmentRecord => record.dataType === 'department';

/** Values that are no JSON: every delivery is stored as such, for retries and for people who look at it. */
export function problemsOfStoring(handedOver: readonly HandedOver[]): string[] {
  return handedOver.flatMap(({ given }, index) =>
    isShaped(given)
      ? given.records.flatMap((record, at) => unstorable(record, `delivery ${index + 1}: records[${at}]`))
      : [],
  );
}

function unstorable(record: unknown, path: string): string[] {
  if (isNativeError(record)) return [];
  let stored: unknown;
  try {
    stored = structuredClone(record);
  } catch (error) {
    return [`${path} cannot be stored: ${(error as Error).message} Return plain values.`];
  }
  const found = noJson(stored, path);
  return found === undefined
    ? []
    : [`${found} cannot be stored as JSON. Give texts, numbers, lists and plain objects.`];
}

/** The first value that JSON does not have, with its path. A date becomes text. */
function noJson(value: unknown, path: string): string | undefined {
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))) return `${path} (${value})`;
  if (typeof value !== 'object' || value === null || isDate(value)) return undefined;
  if (!Array.isArray(value) && !isPlain(value)) return `${path} (${value.constructor.name})`;
  for (const [name, item] of Object.entries(value)) {
    const found = noJson(item, Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Also for objects of another realm, as test runners have them. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
