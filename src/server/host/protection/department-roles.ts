import type { Database } from '@nocobase/database';
import type { ProtectionRules } from '../../../common/rules';
import type { PrimaryKey } from '../../model/primary-key';

/** What kind of role a department gives to its members. */
export type DepartmentRole = 'privileged' | 'ordinary';

/** The roles that departments give to their members, by id as text. */
export async function rolesOfDepartments(
  db: Database,
  where: { readonly roleName?: readonly string[] } = {},
): Promise<Map<string, string[]>> {
  const roles = new Map<string, string[]>();
  if (!db.hasCollection('departmentsRoles') || !db.hasCollection('departmentsUsers')) return roles;
  const attributes = ['departmentId', 'roleName'];
  const rows = (await db
    .getModel('departmentsRoles')
    .findAll({ attributes, where, raw: true } as never)) as unknown as {
    departmentId: PrimaryKey;
    roleName: string;
  }[];
  for (const { departmentId, roleName } of rows)
    roles.set(String(departmentId), [...(roles.get(String(departmentId)) ?? []), roleName]);
  return roles;
}

/**
 * The departments that a source with these rules puts no users into, by id as text, and what role they give. Only roles
 * of the department itself count: in NocoBase departments above it give none, and owners get no others.
 */
export async function findProtectedDepartments(
  db: Database,
  departmentIds: readonly string[],
  privilegedRoles: ReadonlySet<string>,
  { departmentRoles }: ProtectionRules,
): Promise<Map<string, DepartmentRole>> {
  const found = new Map<string, DepartmentRole>();
  if (departmentIds.length === 0) return found;
  // Few departments have roles, so all of these are read.
  const given = await rolesOfDepartments(db);
  for (const id of departmentIds) {
    const roles = given.get(id);
    if (roles?.some((role) => privilegedRoles.has(role))) found.set(id, 'privileged');
    else if (roles && departmentRoles === 'refuse') found.set(id, 'ordinary');
  }
  return found;
}
