import type { Database } from '@nocobase/database';
import type { ProtectionRules } from '../../../common/rules';
import { loadInSlices } from '../../database/slices';
import type { PrimaryKey } from '../../model/primary-key';
import { rolesOfDepartments } from './department-roles';
import { ROOT_ROLE } from './privileged-roles';

/** The first user of an installation; the host itself protects it by this number. */
const FIRST_USER_ID = 1;

/** Why a user is protected: as root, which nothing may change, or by a privileged role. */
export type Protection = 'root' | 'privileged';

/**
 * Which of these users are protected, and why, by their ids as text. A role counts whether it is given to the user or
 * to a department that the user is in. Departments above it give no roles, and a union of roles allows no more than
 * each of them.
 */
export async function findProtectedUsers(
  db: Database,
  ids: readonly PrimaryKey[],
  privilegedRoles: ReadonlySet<string>,
): Promise<Map<string, Protection>> {
  const found = new Map<string, Protection>([[String(FIRST_USER_ID), 'root']]);
  if (ids.length === 0) return found;
  const roleName = [...privilegedRoles];
  const note = (userId: PrimaryKey, role: string) => {
    if (!privilegedRoles.has(role) || found.get(String(userId)) === 'root') return;
    found.set(String(userId), role === ROOT_ROLE ? 'root' : 'privileged');
  };
  if (db.hasCollection('rolesUsers')) {
    const given = await loadInSlices<PrimaryKey, { userId: PrimaryKey; roleName: string }>(ids, (userId) =>
      db.getModel('rolesUsers').findAll({ attributes: ['userId', 'roleName'], where: { userId, roleName }, raw: true }),
    );
    for (const row of given) note(row.userId, row.roleName);
  }
  const byDepartment = await rolesOfDepartments(db, { roleName });
  if (byDepartment.size === 0) return found;
  const departmentId = [...byDepartment.keys()];
  const members = await loadInSlices<PrimaryKey, { userId: PrimaryKey; departmentId: PrimaryKey }>(ids, (userId) =>
    db
      .getModel('departmentsUsers')
      .findAll({ attributes: ['userId', 'departmentId'], where: { userId, departmentId }, raw: true }),
  );
  for (const row of members)
    for (const role of byDepartment.get(String(row.departmentId)) ?? []) note(row.userId, role);
  return found;
}

/** The protected users whom a source with these rules must leave alone: root always, others unless the rules allow it. */
export function protectedFrom(
  { privilegedUsers }: ProtectionRules,
  protectedUsers: ReadonlyMap<string, Protection>,
): Map<string, Protection> {
  return new Map([...protectedUsers].filter(([, protection]) => protection === 'root' || privilegedUsers === 'refuse'));
}
