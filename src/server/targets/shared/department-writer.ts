import type { Database } from '@nocobase/database';
import type { HostCache } from '../../host/caches';
import type { HostEvents } from '../../host/events';
import type { PrivilegedRoles } from '../../host/protection';
import type { LinkStore, PendingLinkStore } from '../../links';
import type { PrimaryKey } from '../../model/primary-key';
import type { RemovalChecks } from './removal-checks';

/** What writing departments and memberships needs of the application. */
export interface DepartmentWriter {
  readonly db: Database;
  readonly links: LinkStore;
  readonly pending: PendingLinkStore;
  readonly cache: HostCache;
  readonly events: HostEvents;
  readonly removalChecks: RemovalChecks;
  readonly privilegedRoles: PrivilegedRoles;
  /** Makes the primary key of a new department. */
  readonly newId: () => PrimaryKey;
}

/** Without the departments plugin there is nothing to write to. */
export function hasDepartments(db: Database): boolean {
  return db.hasCollection('departments') && db.hasCollection('departmentsUsers');
}
