import type { ModelSource, ModelUser, OrganisationModel, SaidMembership, UserEntry } from './organisation-model';

/** Puts a user where a source says, as far as the departments are there, and takes the user out of its others. */
export function applyMemberships(
  model: OrganisationModel,
  source: ModelSource,
  entry: UserEntry,
  user: ModelUser,
  said: readonly SaidMembership[],
): void {
  const there = said.flatMap((item) => {
    const id = source.departments.get(item.uid)?.departmentId;
    return id !== undefined && model.departments.has(id) ? [{ ...item, id }] : [];
  });
  const arrived = new Set(there.map(({ uid }) => uid));
  entry.awaits = new Set(said.map(({ uid }) => uid).filter((uid) => !arrived.has(uid)));
  entry.claims = new Set(there.map(({ id }) => id));
  for (const { id, isOwner } of there) {
    const membership = model.membership(user.id, id);
    if (membership) membership.isOwner = isOwner;
    else model.addMember({ userId: user.id, departmentId: id, origin: source.key, isOwner });
  }
  for (const membership of model.memberships)
    if (membership.userId === user.id && membership.origin === source.key && !entry.claims.has(membership.departmentId))
      model.removeMember(membership);
  keepMain(model, user, there.find(({ isMain }) => isMain)?.id);
}

/** Takes a user out of everything that a source put the user in; with `stays`, leaves these memberships to nobody. */
export function unlinkMemberships(
  model: OrganisationModel,
  source: ModelSource,
  entry: UserEntry,
  stays: boolean,
): void {
  const userId = entry.link?.userId;
  entry.claims.clear();
  entry.awaits.clear();
  for (const membership of model.memberships) {
    if (membership.userId !== userId || membership.origin !== source.key) continue;
    if (stays) membership.origin = 'hand';
    else model.removeMember(membership);
  }
  const user = userId === undefined ? undefined : model.users.get(userId);
  if (user) keepMain(model, user);
}

/** The main department stays while the user is in it; else it is the first of the others. */
export function keepMain(model: OrganisationModel, user: ModelUser, wanted?: string): void {
  const ids = model.memberships.filter(({ userId }) => userId === user.id).map(({ departmentId }) => departmentId);
  if (wanted !== undefined) user.main = wanted;
  else if (user.main === null || !ids.includes(user.main))
    user.main = ids.sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))[0] ?? null;
}
