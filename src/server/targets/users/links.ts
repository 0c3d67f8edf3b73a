import type { Model } from '@nocobase/database';
import type { LinkStore, NewLink } from '../../links';
import type { Link } from '../../model/link';
import type { PrimaryKey } from '../../model/primary-key';
import { inBreaths, type Steps } from '../../pacing';
import { DEPARTMENTS } from '../shared/resources';
import type { UserPlan } from './types';
import { USERS } from './user-rows';

/** The links that a plan makes: of created users, and of those that records have found. */
export function newLinksOf(plan: UserPlan, rows: readonly Model[]): NewLink[] {
  const created = plan.creates.map(({ tracked }, index) => ({
    recordId: tracked.id,
    resource: USERS,
    resourcePk: rows[index].get('id') as PrimaryKey,
    adopted: false,
  }));
  const matched = plan.updates.flatMap(({ tracked, row, newLink }) =>
    newLink ? [{ recordId: tracked.id, resource: USERS, resourcePk: row.id, ...newLink }] : [],
  );
  return [...created, ...matched];
}

/** Former record of a user → the record that has the user now. */
export const replacementsOf = ({ updates }: Pick<UserPlan, 'updates'>): Map<PrimaryKey, PrimaryKey> =>
  new Map(updates.flatMap(({ tracked, formerRecordIds }) => formerRecordIds.map((id) => [id, tracked.id])));

/** The memberships that former records of users leave to the records that have the users now, by the id of the latter. */
export async function findLeftMemberships(
  replacedBy: ReadonlyMap<PrimaryKey, PrimaryKey>,
  links: LinkStore,
): Promise<Map<PrimaryKey, Link[]>> {
  const formerLinks = await links.of([...replacedBy.keys()]);
  const left = new Map<PrimaryKey, Link[]>();
  for (const [formerId, recordId] of replacedBy) {
    const memberships = (formerLinks.get(String(formerId)) ?? []).filter(({ resource }) => resource === DEPARTMENTS);
    left.set(recordId, [...(left.get(recordId) ?? []), ...memberships]);
  }
  return left;
}

/** The links of records after a plan was written. */
export async function readLinksAfter(
  plan: UserPlan,
  newLinks: ReadonlyMap<string, readonly Link[]>,
  links: LinkStore,
): Promise<Map<string, readonly Link[]>> {
  const after = await inBreaths(linksAfter(plan, newLinks));
  const replacing = plan.updates
    .filter(({ formerRecordIds }) => formerRecordIds.length > 0)
    .map(({ tracked }) => tracked);
  // They have the memberships of the former records, too.
  const linksNow = await links.of(replacing.map(({ id }) => id));
  for (const { id, record } of replacing) after.set(record.uid, linksNow.get(String(id)) ?? []);
  return after;
}

/**
 * The links of records after a plan. Removed records whose user is deleted or only unlinked are not among them: later
 * targets find out for themselves what to undo. Pure.
 *
 * @param newLinks by the id of the record.
 */
export function* linksAfter(
  plan: Pick<UserPlan, 'creates' | 'updates' | 'disables' | 'alreadyDisabled' | 'obsoleteLinkIds'>,
  newLinks: ReadonlyMap<string, readonly Link[]>,
): Steps<Map<string, readonly Link[]>> {
  const obsolete = new Set(plan.obsoleteLinkIds);
  const after = new Map<string, readonly Link[]>();
  for (const { tracked } of [...plan.creates, ...plan.updates]) {
    const kept = tracked.links
      .filter((link) => !obsolete.has(link.id))
      .map((link) => (link.resource === USERS ? { ...link, inactive: false } : link));
    after.set(tracked.record.uid, [...kept, ...(newLinks.get(String(tracked.id)) ?? [])]);
    yield;
  }
  for (const { record, links } of [...plan.disables.map(({ tracked }) => tracked), ...plan.alreadyDisabled])
    after.set(
      record.uid,
      links.map((link) => (link.resource === USERS ? { ...link, inactive: true } : link)),
    );
  return after;
}
