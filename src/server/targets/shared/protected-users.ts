import type { Database } from '@nocobase/database';
import { loadInSlices } from '../../database/slices';
import type { PrimaryKey } from '../../pipeline/contracts';

/** The first user of an installation; the host itself protects it by this number. */
const FIRST_USER_ID = 1;

/** Root users, which synchronization never touches: the first user, and whoever has the role `root`. Ids are text. */
export async function protectedIdsAmong(db: Database, ids: readonly PrimaryKey[]): Promise<Set<string>> {
  const protectedIds = new Set([String(FIRST_USER_ID)]);
  if (ids.length === 0 || !db.hasCollection('rolesUsers')) return protectedIds;
  const rows = await loadInSlices<PrimaryKey, { userId: PrimaryKey }>(ids, (userId) =>
    db.getModel('rolesUsers').findAll({ attributes: ['userId'], where: { roleName: 'root', userId }, raw: true }),
  );
  for (const { userId } of rows) protectedIds.add(String(userId));
  return protectedIds;
}
