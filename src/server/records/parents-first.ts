import type { DepartmentRecord } from '../model/records';
import type { Steps } from '../pacing';

/**
 * The same departments with every parent before its children, otherwise in the order given, so that a delivery cut
 * into chunks never has to wait for a parent that stands further down. Members of a circle stay where they are found.
 */
export function* parentsFirst(records: readonly DepartmentRecord[]): Steps<DepartmentRecord[]> {
  const byUid = new Map(records.map((record) => [record.uid, record]));
  const placed = new Set<string>();
  const ordered: DepartmentRecord[] = [];
  for (const record of records) {
    yield;
    const ancestors: DepartmentRecord[] = [];
    const seen = new Set<string>();
    let current: DepartmentRecord | undefined = record;
    while (current && !placed.has(current.uid) && !seen.has(current.uid)) {
      seen.add(current.uid);
      yield;
      ancestors.push(current);
      current = current.parentUid === null ? undefined : byUid.get(current.parentUid);
    }
    for (const ancestor of ancestors.reverse()) {
      placed.add(ancestor.uid);
      ordered.push(ancestor);
    }
  }
  return ordered;
}
