import type { Database } from '@nocobase/database';
import type { PrimaryKey } from '../../../pipeline/contracts';
import type { ProtectionRules } from '../../../sources/source-rules';

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
 * Departments that a source with these rules puts nobody into, by id as text, and what they give. Only roles of the
 * department itself count: the host gives none of those above it, and owners none besides.
 */
export async function closedAmong(
  db: Database,
  departmentIds: readonly string[],
  privilegedRoles: ReadonlySet<string>,
  { departmentRoles }: ProtectionRules,
): Promise<Map<string, DepartmentRole>> {
  const closed = new Map<string, DepartmentRole>();
  if (departmentIds.length === 0) return closed;
  // Few departments have roles, so all of these are read.
  const given = await rolesOfDepartments(db);
  for (const id of departmentIds) {
    const roles = given.get(id);
    if (roles?.some((role) => privilegedRoles.has(role))) closed.set(id, 'privileged');
    else if (roles && departmentRoles === 'refuse') closed.set(id, 'ordinary');
  }
  return closed;
}
