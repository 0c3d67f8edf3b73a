import type { Database } from '@nocobase/database';
import type { Transaction } from 'sequelize';
import { lockRows } from '../../database/lock-rows';
import type { DisabledUserStore } from '../../disabled-users';
import type { LinkStore } from '../../links';
import { StalePlan } from '../../pipeline/contracts';
import type { UserClaim, UserPlan } from './types';
import { USERS } from './user-rows';

/** What looking at users once more needs of the application. */
export interface UserBasisReader {
  readonly db: Database;
  readonly links: LinkStore;
  readonly disabledUsers: Pick<DisabledUserStore, 'countEnabled'>;
}

/** The claims on each user as a text, which is another one when any of them has changed. */
export function claimsById(
  ids: readonly string[],
  claims: ReadonlyMap<string, readonly Pick<UserClaim, 'linkId' | 'inactive'>[]>,
): Map<string, string> {
  const asText = ({ linkId, inactive }: Pick<UserClaim, 'linkId' | 'inactive'>) => `${linkId}${inactive ? '-' : '+'}`;
  return new Map(ids.map((id) => [id, (claims.get(id) ?? []).map(asText).sort().join(' ')]));
}

/**
 * Locks the users whose other claims the plan has weighed, and the records that are to get a user, and fails with
 * `StalePlan` when others claim those users by now, the records have a user, or fewer users may be enabled.
 */
export async function requireSameClaims(
  plan: UserPlan,
  reader: UserBasisReader,
  transaction: Transaction,
): Promise<void> {
  await requireRecordsWithoutUser(plan, reader, transaction);
  await requireRoom(plan, reader, transaction);
  const { claims } = plan.basis;
  const ids = [...claims.keys()];
  if (ids.length === 0) return;
  const { db, links } = reader;
  const existing = await lockRows(db.getModel(USERS), ids, transaction);
  const byUser = new Map<string, { linkId: UserClaim['linkId']; inactive: boolean }[]>();
  for (const { id: linkId, resourcePk, inactive } of await links.claims(USERS, ids, transaction)) {
    const ofUser = byUser.get(resourcePk);
    if (ofUser) ofUser.push({ linkId, inactive });
    else byUser.set(resourcePk, [{ linkId, inactive }]);
  }
  const now = claimsById(ids, byUser);
  if (ids.some((id) => !existing.has(id) || now.get(id) !== claims.get(id))) throw new StalePlan();
}

/** Whatever else runs for the source: a record gets one user. */
async function requireRecordsWithoutUser(
  { creates, obsoleteLinkIds }: UserPlan,
  { db, links }: UserBasisReader,
  transaction: Transaction,
): Promise<void> {
  if (creates.length === 0) return;
  const ids = creates.map(({ tracked }) => tracked.id);
  await lockRows(db.getModel('userDataSyncRecords'), ids, transaction);
  const obsolete = new Set(obsoleteLinkIds.map(String));
  for (const ofRecord of (await links.of(ids, transaction)).values())
    if (ofRecord.some(({ id, resource }) => resource === USERS && !obsolete.has(String(id)))) throw new StalePlan();
}

/** Where a limit is set, one run after the other enables users: each locks the first user. */
async function requireRoom(
  { basis: { userLimit, remaining }, creates, updates }: UserPlan,
  { db, disabledUsers }: UserBasisReader,
  transaction: Transaction,
): Promise<void> {
  if (userLimit === null || remaining === null) return;
  if (creates.length === 0 && !updates.some(({ isEnabled }) => isEnabled)) return;
  const lock = transaction.LOCK.UPDATE;
  await db.getModel(USERS).findOne({ attributes: ['id'], order: ['id'], raw: true, transaction, lock });
  if (userLimit - (await disabledUsers.countEnabled(transaction)) < remaining) throw new StalePlan();
}
