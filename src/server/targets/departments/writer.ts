import type { Database } from '@nocobase/database';
import type { LinkStore, PendingLinkStore } from '../../links';
import type { PrimaryKey } from '../../pipeline/contracts';
import type { HostCache } from '../shared/host-caches';
import type { HostEvents } from '../shared/host-events';
import type { PrivilegedRoles } from '../shared/protection';
import type { RemovalChecks } from '../shared/removal-checks';

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
