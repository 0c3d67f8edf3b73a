export { closedAmong, type DepartmentRole } from './department-roles';
export { PrivilegedRoles } from './privileged-roles';
export { protectedAmong, untouchable, type Protection } from './protected-users';
export type { HostAcl } from './snippets';
