import type { DepartmentRole } from '../../host/protection';
import type { Membership } from '../../model/records';
import type { MembershipRow, MembershipSnapshot } from './types';

/** The memberships that a record delivers, as far as the user may have them. */
export interface Wanted {
  /** By the id of the department. */
  readonly memberships: ReadonlyMap<string, Membership>;
  /** Uids of departments that do not exist. */
  readonly missing: readonly string[];
  readonly refused: readonly RefusedDepartment[];
}

/** A department that the source must not put users into, because it gives a role. */
export interface RefusedDepartment {
  readonly uid: string;
  readonly role: DepartmentRole;
}

/** Finds the departments that a record delivers. */
export function readWanted(
  delivered: readonly Membership[],
  rows: ReadonlyMap<string, MembershipRow>,
  { departments, protectedDepartments }: Pick<MembershipSnapshot, 'departments' | 'protectedDepartments'>,
): Wanted {
  const memberships = new Map<string, Membership>();
  const missing: string[] = [];
  const refused: RefusedDepartment[] = [];
  for (const membership of delivered) {
    const departmentId = departments.get(membership.uid);
    // A user who is in such a department already gets no role by it.
    const role = rows.has(departmentId ?? '') ? undefined : protectedDepartments.get(departmentId ?? '');
    if (departmentId === undefined) missing.push(membership.uid);
    else if (role) refused.push({ uid: membership.uid, role });
    else memberships.set(departmentId, membership);
  }
  return { memberships, missing, refused };
}
