import { failed, type Outcome } from '../../model/outcome';
import type { PrimaryKey } from '../../model/primary-key';
import { nameOf, type Warning, type UserRecord } from '../../model/records';
import type { TrackedUser } from '../../model/tracked-record';
import type { Steps } from '../../pacing';
import type { RunContext, TargetChunk } from '../../pipeline/contracts';
import { DEPARTMENTS } from '../shared/resources';
import type { RemovedUser, UserRow, UserSnapshot } from './types';
import { rowOf, textOf, USERS } from './user-rows';

/** What becomes of users whose records were removed from the source. */
export interface UserRemovalPlan {
  readonly deletes: readonly RemovedUser[];
  readonly disables: readonly RemovedUser[];
  /** Users who are disabled already and keep their memberships. */
  readonly alreadyDisabled: readonly TrackedUser[];
  /** Links that become inactive: by them the row is found when the record is delivered again. */
  readonly deactivatedLinkIds: readonly PrimaryKey[];
  readonly obsoleteLinkIds: readonly PrimaryKey[];
  /** Records that lose all of their links, and so wait for no department any more. */
  readonly unlinkedRecordIds: readonly PrimaryKey[];
  readonly outcomes: readonly Outcome[];
  readonly warnings: readonly Warning[];
}

type RemovalAction = 'deleted' | 'disabled' | 'unlinked';

/** A record that was removed from the source, with the row that it is linked to. */
interface RemovedRecord extends RemovedUser {
  /** Whether the user was there before the source claimed it. */
  readonly isAdopted: boolean;
  /** Whether another record is linked to the user, so that this one is only unlinked. */
  readonly isClaimedByOthers: boolean;
}

/**
 * Decides what becomes of users whose records were removed, by the policy of their source. While another source claims a
 * user, this one only unlinks it. A user that was there before any source is never deleted: the policy `delete` disables
 * it, and a purge unlinks it. Pure.
 */
export function* planUserRemovals(
  removed: readonly TrackedUser[],
  snapshot: UserSnapshot,
  { run }: Pick<TargetChunk<UserRecord>, 'run'>,
): Steps<UserRemovalPlan> {
  const draft = new RemovalDraft();
  for (const tracked of removed) {
    planRemoval(tracked, snapshot, run, draft);
    yield;
  }
  return draft;
}

function planRemoval(tracked: TrackedUser, snapshot: UserSnapshot, run: RunContext, draft: RemovalDraft): void {
  const row = rowOf(tracked, snapshot);
  if (!row) draft.removeAllLinks(tracked);
  if (!row || wasRemovedBefore(tracked, run)) {
    draft.outcomes.push({ uid: tracked.record.uid, name: nameOf(tracked.record), action: 'unchanged' });
    return;
  }
  const removed: RemovedRecord = {
    tracked,
    row,
    isAdopted: userLinksOf(tracked).some(({ adopted }) => adopted),
    isClaimedByOthers: isClaimedByOthers(tracked, row, snapshot),
  };
  const action = actionFor(removed, snapshot, run);
  const obstacle = findObstacle(removed, action, snapshot);
  if (obstacle) {
    draft.outcomes.push(obstacle);
    return;
  }
  draft.remove(removed, action, run);
  draft.outcomes.push({ uid: tracked.record.uid, name: displayName(removed), action, rowId: row.id });
}

/** Whether an earlier run has done what there is to do; a purge leaves no link, not even an inactive one. */
function wasRemovedBefore(tracked: TrackedUser, { isPurge }: RunContext): boolean {
  return !isPurge && userLinksOf(tracked).every(({ inactive }) => inactive);
}

function isClaimedByOthers(tracked: TrackedUser, row: UserRow, { claims }: UserSnapshot): boolean {
  const claimsOnRow = claims.get(String(row.id)) ?? [];
  return claimsOnRow.some(({ recordId, inactive }) => !inactive && String(recordId) !== String(tracked.id));
}

function actionFor(
  { row, isAdopted, isClaimedByOthers }: RemovedRecord,
  { disabled }: UserSnapshot,
  { removal, isPurge }: RunContext,
): RemovalAction {
  if (isClaimedByOthers || removal.users === 'keep') return 'unlinked';
  if (removal.users === 'delete' && !isAdopted) return 'deleted';
  // A user who is disabled already stays disabled, whoever did it.
  return isPurge || disabled.has(String(row.id)) ? 'unlinked' : 'disabled';
}

/** Why a user is not removed. What depends on a user does not matter when it is only unlinked. */
function findObstacle(removed: RemovedRecord, action: RemovalAction, snapshot: UserSnapshot): Outcome | undefined {
  const { tracked, row } = removed;
  const user = String(row.id);
  const protection = snapshot.protectedUsers.get(user);
  if (protection !== undefined) return failed(tracked, displayName(removed), 'PROTECTED_USER', { user, protection });
  const reason = snapshot.dependents.get(user);
  if (reason !== undefined && action !== 'unlinked')
    return failed(tracked, displayName(removed), 'HAS_DEPENDENTS', { dependents: 'other', reason });
  return undefined;
}

function displayName({ tracked, row }: RemovedUser): string {
  return textOf(row.nickname) ?? textOf(row.username) ?? nameOf(tracked.record);
}

const userLinksOf = ({ links }: TrackedUser) => links.filter(({ resource }) => resource === USERS);

/** A plan while it is made. */
class RemovalDraft implements UserRemovalPlan {
  readonly deletes: RemovedUser[] = [];
  readonly disables: RemovedUser[] = [];
  readonly alreadyDisabled: TrackedUser[] = [];
  readonly deactivatedLinkIds: PrimaryKey[] = [];
  readonly obsoleteLinkIds: PrimaryKey[] = [];
  readonly unlinkedRecordIds: PrimaryKey[] = [];
  readonly outcomes: Outcome[] = [];
  readonly warnings: Warning[] = [];

  remove(removed: RemovedRecord, action: RemovalAction, { removal }: RunContext): void {
    const { tracked, row, isAdopted, isClaimedByOthers } = removed;
    const policy = removal.users;
    if (isAdopted && !isClaimedByOthers && policy === 'delete')
      this.warnings.push({
        uid: tracked.record.uid,
        code: 'USER_KEPT',
        params: { user: String(row.id), kept: action },
      });
    const isFoundAgain = action === 'disabled' || (action === 'unlinked' && policy === 'disable');
    // A purge leaves it to the memberships to end those of users who stay, and so does a source whose user another claims.
    if (action === 'deleted' || (action === 'unlinked' && policy === 'keep')) this.removeAllLinks(tracked);
    else if (isFoundAgain) for (const { id } of userLinksOf(tracked)) this.deactivatedLinkIds.push(id);
    else for (const { id } of userLinksOf(tracked)) this.obsoleteLinkIds.push(id);
    if (action === 'deleted') this.deletes.push({ tracked, row });
    if (action === 'disabled') this.disables.push({ tracked, row });
    if (action === 'unlinked' && isFoundAgain && !isClaimedByOthers) this.alreadyDisabled.push(tracked);
  }

  /**
   * Removes the built-in links of a record together: its memberships were deleted with the user, or stay without the
   * link. In a later transaction they would be left for ever if the run broke before it.
   */
  removeAllLinks({ id: recordId, links }: TrackedUser): void {
    for (const { id, resource } of links)
      if (resource === USERS || resource === DEPARTMENTS) this.obsoleteLinkIds.push(id);
    this.unlinkedRecordIds.push(recordId);
  }
}
