import type { Database } from '@nocobase/database';
import type { Transaction } from 'sequelize';
import { groupBy } from '../../database/group-by';
import { lockRows } from '../../database/lock-rows';
import { loadInSlices } from '../../database/slices';
import type { LinkStore } from '../../links';
import type { PrimaryKey } from '../../model/primary-key';
import { StalePlan } from '../../pipeline/contracts';
import { DEPARTMENTS } from '../shared/resources';
import type { MembershipPlan, MembershipRow, OtherMembershipLink } from './types';

/** A user may be in hundreds of departments, and the driver makes objects of all rows in one go. */
const USERS_PER_STATEMENT = 250;

/** The rows of users. */
export async function readMemberships(
  db: Database,
  userIds: readonly string[],
  transaction?: Transaction,
): Promise<MembershipRow[]> {
  const rows = await loadInSlices<string, { userId: PrimaryKey; departmentId: PrimaryKey; isOwner: unknown }>(
    userIds,
    (userId) =>
      db
        .getModel('departmentsUsers')
        .findAll({ attributes: ['userId', 'departmentId', 'isOwner'], where: { userId }, raw: true, transaction }),
    USERS_PER_STATEMENT,
  );
  return rows.map(({ userId, departmentId, isOwner }) => ({
    userId: String(userId),
    departmentId: String(departmentId),
    isOwner: Boolean(isOwner),
  }));
}

/** User → links to departments of all records that are linked to the user; everyone who was asked about is in it. */
export async function readOtherLinks(
  links: LinkStore,
  userIds: readonly string[],
  transaction?: Transaction,
): Promise<Map<string, OtherMembershipLink[]>> {
  const claims = await links.claims('users', userIds, transaction);
  const linksByRecord = await links.of(
    claims.map((claim) => claim.recordId),
    transaction,
  );
  const found = new Map<string, OtherMembershipLink[]>(userIds.map((id) => [id, []]));
  for (const { recordId, resourcePk: userId } of claims) {
    const own = (linksByRecord.get(String(recordId)) ?? [])
      .filter((link) => link.resource === DEPARTMENTS)
      .map(({ resourcePk: departmentId, adopted }) => ({ recordId, departmentId, adopted }));
    found.set(userId, [...(found.get(userId) ?? []), ...own]);
  }
  return found;
}

/**
 * The memberships of each user as a text, which is another one when any of them has changed, or who claims them, where
 * that was read.
 */
export function usageById(
  userIds: readonly string[],
  rows: ReadonlyMap<string, readonly MembershipRow[]>,
  otherLinks: ReadonlyMap<string, readonly OtherMembershipLink[]>,
): Map<string, string> {
  return new Map(
    userIds.map((id) => {
      const own = (rows.get(id) ?? []).map(({ departmentId, isOwner }) => `${departmentId}${isOwner ? '*' : ''}`);
      const links = (otherLinks.get(id) ?? []).map(
        ({ recordId, departmentId, adopted }) => `${recordId}:${departmentId}${adopted ? '*' : ''}`,
      );
      return [id, `${own.sort().join(' ')}/${links.sort().join(' ')}`];
    }),
  );
}

/**
 * Locks the users whose memberships change, and the departments that they come into, and fails with `StalePlan` when one
 * of them was deleted meanwhile, or the memberships are not what was planned for.
 */
export async function requireSameMemberships(
  { basis, added, newLinks }: MembershipPlan,
  { db, links }: { readonly db: Database; readonly links: LinkStore },
  transaction: Transaction,
): Promise<void> {
  const userIds = [...basis.usage.keys()];
  const departmentIds = new Set([...added, ...newLinks].map(({ departmentId }) => departmentId));
  const users = await lockRows(db.getModel('users'), userIds, transaction);
  const departments = await lockRows(db.getModel(DEPARTMENTS), departmentIds, transaction, 'SHARE');
  if (users.size < userIds.length || departments.size < departmentIds.size) throw new StalePlan();
  const rows = groupBy(await readMemberships(db, userIds, transaction), ({ userId }) => userId);
  const changing = userIds.filter((id) => basis.changing.has(id));
  const now = usageById(userIds, rows, await readOtherLinks(links, changing, transaction));
  if (userIds.some((id) => now.get(id) !== basis.usage.get(id))) throw new StalePlan();
}
