import type { LinkStore } from '../../links';
import type { LinksByUid, Link } from '../../model/link';
import { FUTURE_ROW } from '../../model/tracked-record';
import { Breather, inBreaths } from '../../pacing';
import type { UserRecord } from '../../model/records';
import type { TargetChunk } from '../../pipeline/contracts';
import type { ForeseenUser, Preview } from '../../pipeline/preview-state';
import { findLeftMemberships, linksAfter, replacementsOf } from './links';
import type { UserClaim, UserPlan, UserSnapshot } from './types';
import { futureIdOf, USERS } from './user-rows';

/** Links of users who would be made: all the same, because there may be hundreds of thousands. */
const FUTURE_LINKS: readonly Link[] = [linkTo(FUTURE_ROW)];

/** Notes what a plan would do, and gives back the links that its records would have. `unique`: names of fields. */
export async function noteUsers(
  plan: UserPlan,
  preview: Preview,
  unique: readonly string[],
  store: LinkStore,
): Promise<LinksByUid> {
  const breather = new Breather();
  const links = await inBreaths(linksAfter(plan, new Map()));
  const replacedBy = replacementsOf(plan);
  const left = await findLeftMemberships(replacedBy, store);
  for (const [formerId, recordId] of replacedBy) preview.replacedBy.set(String(formerId), recordId);
  preview.enabled -= plan.noLongerEnabled;
  for (const { row } of plan.deletes) preview.deletedUsers.add(String(row.id));
  for (const { row } of plan.disables) preview.disabled.set(String(row.id), true);
  for (const id of [...plan.deactivatedLinkIds, ...plan.obsoleteLinkIds]) preview.endedLinks.add(String(id));
  for (const { tracked, row, values, newLink, isEnabled } of plan.updates) {
    const user = { id: String(row.id), uid: tracked.record.uid, recordId: tracked.id };
    const changed = unique.filter((field) => Object.hasOwn(values, field));
    for (const field of changed) release(preview, field, row[field], user.id);
    for (const field of changed) take(preview, field, values[field], user);
    if (newLink || changed.length > 0) preview.claimed.set(user.id, user);
    if (newLink) links.set(user.uid, [...(links.get(user.uid) ?? []).filter(isOther), linkTo(user.id)]);
    const memberships = left.get(tracked.id);
    if (memberships) links.set(user.uid, [...(links.get(user.uid) ?? []), ...memberships]);
    if (isEnabled) {
      preview.disabled.set(user.id, false);
      preview.enabled += 1;
    }
    await breather.breathe();
  }
  for (const { tracked, values } of plan.creates) {
    const { uid } = tracked.record;
    const user = { id: futureIdOf(uid), uid, recordId: tracked.id };
    for (const field of unique) take(preview, field, values[field], user);
    preview.claimed.set(user.id, user);
    preview.enabled += 1;
    const others = (links.get(uid) ?? []).filter(isOther);
    links.set(uid, others.length > 0 ? [...others, ...FUTURE_LINKS] : FUTURE_LINKS);
    await breather.breathe();
  }
  return links;
}

const isOther = ({ resource }: Link) => resource !== USERS;

function linkTo(resourcePk: string): Link {
  return { id: FUTURE_ROW, resource: USERS, resourcePk, adopted: false, inactive: false };
}

function valuesOf(preview: Preview, field: string): Map<string, ForeseenUser | null> {
  const values = preview.values.get(field) ?? new Map<string, ForeseenUser | null>();
  preview.values.set(field, values);
  return values;
}

/** A value that somebody else has taken by now stays with them. */
function release(preview: Preview, field: string, value: unknown, id: string): void {
  const text = asText(value);
  if (text === '') return;
  const values = valuesOf(preview, field);
  const holder = values.get(text);
  if (!holder || holder.id === id) values.set(text, null);
}

function take(preview: Preview, field: string, value: unknown, user: ForeseenUser): void {
  const text = asText(value);
  if (text !== '') valuesOf(preview, field).set(text, user);
}

/** Unique fields may be numbers. */
const asText = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

/**
 * What the database would say to a chunk if all of the dry run before it had been written. `wanted`: the values of unique
 * fields that the chunk brings.
 */
export function foreseeUsers(
  snapshot: UserSnapshot,
  preview: Preview,
  { sourceName, matchKey }: Pick<TargetChunk<UserRecord>, 'sourceName' | 'matchKey'>,
  wanted: ReadonlyMap<string, readonly string[]>,
): UserSnapshot {
  const matched = new Map([...snapshot.matched].filter(([, { id }]) => !preview.deletedUsers.has(String(id))));
  const ownerOf = (field: string, value: string) => preview.values.get(field)?.get(value);
  const holders = new Map<string, ReadonlyMap<string, string>>();
  for (const [field, values] of wanted) {
    const known = new Map([...(snapshot.holders.get(field) ?? [])].filter(([, id]) => !preview.deletedUsers.has(id)));
    for (const value of values) {
      const owner = ownerOf(field, value);
      if (owner) known.set(value, owner.id);
      else if (owner === null) known.delete(value);
      if (field !== matchKey || owner === undefined) continue;
      if (owner) matched.set(value, { id: owner.id, [field]: value });
      else matched.delete(value);
    }
    holders.set(field, known);
  }
  const claims = new Map<string, UserClaim[]>(
    [...snapshot.claims].map(([id, ofUser]) => [
      id,
      ofUser.map((claim) => ({ ...claim, inactive: claim.inactive || preview.endedLinks.has(String(claim.linkId)) })),
    ]),
  );
  for (const { id } of matched.values()) {
    const claimant = preview.claimed.get(String(id));
    if (!claimant) continue;
    const { uid, recordId } = claimant;
    const others = (claims.get(String(id)) ?? []).filter((claim) => String(claim.recordId) !== String(recordId));
    const claim = { linkId: FUTURE_ROW, recordId, uid, sourceName, inactive: false, adopted: false };
    claims.set(String(id), [...others, claim]);
  }
  const disabled = new Map(snapshot.disabled);
  for (const id of [...snapshot.linked.keys(), ...[...matched.values()].map((row) => String(row.id))]) {
    const isDisabled = preview.disabled.get(id);
    if (isDisabled) disabled.set(id, 'sync');
    else if (isDisabled === false) disabled.delete(id);
  }
  const remaining = snapshot.remaining === null ? null : snapshot.remaining - preview.enabled;
  return { ...snapshot, matched, holders, claims, disabled, remaining };
}
