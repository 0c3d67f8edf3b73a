export { findProtectedDepartments, type DepartmentRole } from './department-roles';
export { PrivilegedRoles } from './privileged-roles';
export { findProtectedUsers, protectedFrom, type Protection } from './protected-users';
export type { HostAcl } from './snippets';
