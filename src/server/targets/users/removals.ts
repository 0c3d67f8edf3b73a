import { failed, type Outcome, type PrimaryKey, type TargetChunk } from '../../pipeline/contracts';
import { nameOf, type Warning } from '../../records/types';
import type { Steps } from '../../pacing';
import type { TrackedUser, UserRemoval, UserRow, UserSnapshot } from './types';
import { rowOf, textOf, USERS } from './user-rows';

/** What becomes of users whose records are gone. */
export interface Removals {
  readonly deletes: readonly UserRemoval[];
  readonly disables: readonly UserRemoval[];
  /** Users who are disabled already, and stay where they are. */
  readonly resting: readonly TrackedUser[];
  readonly restingLinkIds: readonly PrimaryKey[];
  readonly obsoleteLinkIds: readonly PrimaryKey[];
  readonly outcomes: readonly Outcome[];
  readonly warnings: readonly Warning[];
}

/**
 * Decides what becomes of users whose records are gone, by the policy of their source. While another source claims a
 * user, this one only lets go. A user that was there before any source is never deleted: the policy `delete` disables
 * it, and a purge lets go of it. Pure.
 */
export function* planRemovals(
  removed: readonly TrackedUser[],
  snapshot: UserSnapshot,
  { run }: Pick<TargetChunk, 'run'>,
): Steps<Removals> {
  const deletes: UserRemoval[] = [];
  const disables: UserRemoval[] = [];
  const resting: TrackedUser[] = [];
  const restingLinkIds: PrimaryKey[] = [];
  const obsoleteLinkIds: PrimaryKey[] = [];
  const outcomes: Outcome[] = [];
  const warnings: Warning[] = [];
  for (const tracked of removed) {
    plan(tracked);
    yield;
  }
  return { deletes, disables, resting, restingLinkIds, obsoleteLinkIds, outcomes, warnings };

  function plan(tracked: TrackedUser): void {
    const { uid } = tracked.record;
    const links = tracked.links.filter(({ resource }) => resource === USERS);
    const row = rowOf(tracked, snapshot);
    const isGone = !run.isPurge && links.every(({ inactive }) => inactive);
    if (!row || isGone) {
      if (!row) for (const { id } of links) obsoleteLinkIds.push(id);
      outcomes.push({ uid, name: nameOf(tracked.record), action: 'unchanged' });
      return;
    }
    const rowId = row.id;
    const name = displayName(row, tracked);
    const protection = snapshot.protectedUsers.get(String(rowId));
    if (protection !== undefined) {
      outcomes.push(failed(tracked, name, 'PROTECTED_USER', { user: String(rowId), protection }));
      return;
    }
    const isAdopted = links.some(({ adopted }) => adopted);
    const isClaimed = isClaimedByOthers(tracked, rowId);
    const action = isClaimed ? 'unlinked' : actionFor(row, isAdopted);
    const reason = snapshot.dependents.get(String(rowId));
    if (reason !== undefined && action !== 'unlinked') {
      outcomes.push(failed(tracked, name, 'HAS_DEPENDENTS', { dependents: 'other', reason }));
      return;
    }
    if (isAdopted && !isClaimed && run.removal.users === 'delete') {
      warnings.push({ uid, code: 'USER_KEPT', params: { user: String(rowId), kept: action } });
    }
    const staysKnown = action === 'disabled' || (action === 'unlinked' && run.removal.users === 'disable');
    for (const { id } of links) (staysKnown ? restingLinkIds : obsoleteLinkIds).push(id);
    if (action === 'deleted') deletes.push({ tracked, row });
    if (action === 'disabled') disables.push({ tracked, row });
    if (action === 'unlinked' && staysKnown && !isClaimed) resting.push(tracked);
    outcomes.push({ uid, name, action, rowId });
  }

  function actionFor(row: UserRow, isAdopted: boolean): 'deleted' | 'disabled' | 'unlinked' {
    const policy = run.removal.users;
    if (policy === 'keep') return 'unlinked';
    if (policy === 'delete' && !isAdopted) return 'deleted';
    // Who is disabled already stays what they are, by whomever.
    return run.isPurge || snapshot.disabled.has(String(row.id)) ? 'unlinked' : 'disabled';
  }

  function isClaimedByOthers(tracked: TrackedUser, rowId: PrimaryKey): boolean {
    const claims = snapshot.claims.get(String(rowId)) ?? [];
    return claims.some(({ recordId, inactive }) => !inactive && String(recordId) !== String(tracked.id));
  }
}

function displayName(row: UserRow, tracked: TrackedUser): string {
  return textOf(row.nickname) ?? textOf(row.username) ?? nameOf(tracked.record);
}
