import { findExcess, RECORD_BOUNDS } from '../limits';
import type { MessageParams } from '../errors';

const { fields: MAX_FIELDS, departments: MAX_DEPARTMENTS } = RECORD_BOUNDS;

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

/** Counts no further than it has to: `Object.keys` would copy all of them first. */
function hasMoreFields(record: object): boolean {
  let count = 0;
  for (const name in record) {
    count += Object.hasOwn(record, name) ? 1 : 0;
    if (count > MAX_FIELDS) return true;
  }
  return false;
}
