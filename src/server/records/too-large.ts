import { findExcess, RECORD_BOUNDS } from '../limits';
import type { MessageParams } from '../errors';

const { fields: MAX_FIELDS, fieldNames: MAX_FIELD_NAMES, departments: MAX_DEPARTMENTS } = RECORD_BOUNDS;

/** What about a record exceeds the bounds, with its path; `undefined` for a record that may be taken. */
export function excessOf(record: unknown, path: string): MessageParams | undefined {
  if (typeof record !== 'object' || record === null) return undefined;
  if (!Array.isArray(record) && hasMoreFields(record)) return { path, expected: 'fieldsUpTo', max: MAX_FIELDS };
  const { departments } = record as { departments?: unknown };
  if (Array.isArray(departments) && departments.length > MAX_DEPARTMENTS)
    return { path: `${path}.departments`, expected: 'listUpTo', max: MAX_DEPARTMENTS };
  const excess = findExcess(record, path, RECORD_BOUNDS);
  return excess && { ...excess };
}

/** The different names of fields that a delivery has brought so far. */
export class FieldNames {
  private readonly known = new Set<string>();

  /** What is wrong with a record that brings more names than a delivery may have; those that came before it are known. */
  excessOf(record: unknown, path: string): MessageParams | undefined {
    if (typeof record !== 'object' || record === null || Array.isArray(record)) return undefined;
    const added = Object.keys(record).filter((name) => !this.known.has(name));
    if (this.known.size + added.length > MAX_FIELD_NAMES)
      return { path, expected: 'fieldNamesUpTo', max: MAX_FIELD_NAMES };
    for (const name of added) this.known.add(name);
    return undefined;
  }
}

/** Counts no further than it has to: `Object.keys` would copy all of them first. */
function hasMoreFields(record: object): boolean {
  let count = 0;
  for (const name in record) {
    count += Object.hasOwn(record, name) ? 1 : 0;
    if (count > MAX_FIELDS) return true;
  }
  return false;
}
