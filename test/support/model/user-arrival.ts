import { applyMemberships } from './memberships';
import type { ModelSource, ModelUser, OrganisationModel, UserEntry } from './organisation-model';
import type { UserReading } from './reading';

/** The role that new users get. */
export const DEFAULT_ROLE = 'member';

/** Writes a record that is there: to the user that it is linked to or has found, else to a new one. */
export function arriveUser(
  model: OrganisationModel,
  source: ModelSource,
  record: UserReading,
  match: ModelUser | undefined,
  newId: () => string,
): string {
  const entry = source.users.get(record.uid);
  if (!entry) throw new Error(`Nothing is known about ${record.uid}`);
  const linked = entry.link && model.users.get(entry.link.userId);
  const found = linked ?? match;
  const user = found ?? addUser(model, newId());
  const isBack = user.disabled === 'sync';
  const isLinked = !linked || !entry.link?.isActive;
  const isChanged = Object.entries(record.fields).some(([field, value]) => user.fields[field as 'email'] !== value);
  if (!linked) {
    if (entry.link) entry.claims.clear();
    // Who had this user before under another uid of the source is gone: the user has one record in a source.
    for (const { source: other, entry: former } of model.claimsOn(user.id))
      if (other === source && former !== entry) handOver(former, entry);
  }
  entry.link = { userId: user.id, isActive: true };
  if (isBack) user.disabled = null;
  Object.assign(user.fields, record.fields);
  if (record.departments) applyMemberships(model, source, entry, user, record.departments);
  if (!found) return 'created';
  if (isBack) return 'enabled';
  return isLinked ? 'linked' : isChanged ? 'updated' : 'unchanged';
}

function handOver(former: UserEntry, entry: UserEntry): void {
  for (const claim of former.claims) entry.claims.add(claim);
  former.claims.clear();
  former.awaits.clear();
  former.link = undefined;
}

function addUser(model: OrganisationModel, id: string): ModelUser {
  if (model.users.has(id)) throw new Error(`A record is linked to user ${id}, who does not match`);
  const user: ModelUser = {
    id,
    fields: { username: null, email: null, nickname: null },
    roles: new Set([DEFAULT_ROLE]),
    disabled: null,
    isByHand: false,
    main: null,
  };
  model.users.set(id, user);
  return user;
}
