import type { Link } from '../../../pipeline/contracts';
import type { DepartmentRow, TrackedDepartment, TreeSnapshot } from './types';

/** The name of the target, and of its links. */
export const DEPARTMENTS = 'departments';

/** The links of a department's record to rows of departments. */
export function linksOf(tracked: TrackedDepartment): Link[] {
  return tracked.links.filter((link) => link.resource === DEPARTMENTS);
}

/** The row that a department's record is linked to, when it is still there. */
export function rowOf(tracked: TrackedDepartment, snapshot: TreeSnapshot): DepartmentRow | undefined {
  return linksOf(tracked)
    .map((link) => snapshot.linked.get(link.resourcePk))
    .find((row) => row !== undefined);
}
