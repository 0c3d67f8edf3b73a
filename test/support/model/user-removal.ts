import { unlinkMemberships } from './memberships';
import type { ModelSource, OrganisationModel } from './organisation-model';

/** What becomes of a user whose record is gone. */
export function removeUser(model: OrganisationModel, source: ModelSource, uid: string): string {
  const entry = source.users.get(uid);
  if (!entry) return 'unchanged';
  const user = entry.link && model.users.get(entry.link.userId);
  if (!entry.link || !user) {
    if (entry.link?.isActive !== false) unlinkMemberships(model, source, entry, false);
    entry.link = undefined;
    return 'unchanged';
  }
  if (!entry.link.isActive) return 'unchanged';
  const { removal } = source;
  const isClaimed = model.claimsOn(user.id).some((claim) => claim.entry !== entry && claim.entry.link?.isActive);
  const isUnlinked = isClaimed || removal.users === 'keep';
  if (!isUnlinked && removal.users === 'delete' && !user.isByHand) {
    unlinkMemberships(model, source, entry, false);
    entry.link = undefined;
    model.removeUser(user.id);
    return 'deleted';
  }
  const isDisabledAlready = user.disabled !== null;
  if (!isUnlinked && (!isDisabledAlready || removal.users === 'disable')) {
    // Memberships stay, to be there again when the person comes back.
    entry.link.isActive = false;
    if (isDisabledAlready) return 'unlinked';
    user.disabled = 'sync';
    return 'disabled';
  }
  unlinkMemberships(model, source, entry, removal.users === 'keep');
  if (removal.users === 'disable') {
    entry.link.isActive = false;
  } else {
    entry.link = undefined;
    if (model.claimsOn(user.id).length === 0) user.isByHand = true;
  }
  return 'unlinked';
}
