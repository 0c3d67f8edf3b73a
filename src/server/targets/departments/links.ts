import type { Link } from '../../model/link';
import { DEPARTMENTS } from '../shared/resources';
import type { DepartmentRow, TrackedDepartment, TreeSnapshot } from './types';

/** The links of a department's record to rows of departments. */
export function linksOf(tracked: TrackedDepartment): Link[] {
  return tracked.links.filter((link) => link.resource === DEPARTMENTS);
}

/** The row that a department's record is linked to, when it is still there. */
export function rowOf(tracked: TrackedDepartment, snapshot: Pick<TreeSnapshot, 'linked'>): DepartmentRow | undefined {
  return linksOf(tracked)
    .map((link) => snapshot.linked.get(link.resourcePk))
    .find((row) => row !== undefined);
}
