import type { Database } from '@nocobase/database';
import { isChanging, POWERFUL_COLLECTIONS } from './powers';
import { readRolePermissions, type RolePermissions } from './role-permissions';
import { snippetsArePrivileged, snippetsMayGiveRoles, type HostAcl } from './snippets';

export const ROOT_ROLE = 'root';

/** Actions of a strategy that change what others have made. */
const STRATEGY_CHANGES = ['*', 'update', 'destroy'];
/** Collections that matter when a role may change all data. */
const MANAGED_COLLECTIONS = ['users', 'roles', 'departments'];

/**
 * Says which roles are privileged: those that may configure NocoBase, or manage users, roles, departments, data sources
 * or this plugin. Names compare exactly.
 */
export class PrivilegedRoles {
  constructor(
    private readonly db: Database,
    private readonly acl: HostAcl,
  ) {}

  /** The names of all privileged roles, read anew each time. */
  async names(): Promise<Set<string>> {
    const roles = await readRolePermissions(this.db);
    return new Set([ROOT_ROLE, ...roles.filter((role) => this.isPrivileged(role)).map(({ name }) => name)]);
  }

  /** Whether somebody with these roles may give any role to anybody: only then they may let a source touch such users. */
  async mayGive(roleNames: readonly string[]): Promise<boolean> {
    if (roleNames.includes(ROOT_ROLE)) return true;
    const roles = await readRolePermissions(this.db);
    return roles.some(({ name, snippets }) => roleNames.includes(name) && snippetsMayGiveRoles(this.acl, snippets));
  }

  /**
   * What the default role may do with data is no privilege: every user that a push creates has this role. If it
   * counted, no created user could be changed any more.
   */
  private isPrivileged(role: RolePermissions): boolean {
    if (role.name === ROOT_ROLE || snippetsArePrivileged(this.acl, role.snippets)) return true;
    return !role.isDefault && (strategyIsPrivileged(role) || collectionsArePrivileged(role));
  }
}

function strategyIsPrivileged({ strategy, collections }: RolePermissions): boolean {
  return (
    strategy.some((action) => STRATEGY_CHANGES.includes(action)) &&
    MANAGED_COLLECTIONS.some((name) => !collections.has(name))
  );
}

function collectionsArePrivileged({ collections }: RolePermissions): boolean {
  return POWERFUL_COLLECTIONS.some((collection) =>
    collections.get(collection)?.some(({ name, isOwn }) => !isOwn && isChanging(name)),
  );
}
