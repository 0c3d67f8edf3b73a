import type { RemovalPolicy } from '../../../common/rules';
import { failed, type Outcome } from '../../model/outcome';
import type { PrimaryKey } from '../../model/primary-key';
import { linksOf, rowOf } from './links';
import type { Tree } from './tree';
import type { MembershipLink, WaitingRecord, TrackedDepartment, TreeSnapshot } from './types';

/** What becomes of departments whose records were removed from the source. */
export interface DepartmentRemovalPlan {
  readonly outcomes: readonly Outcome[];
  readonly deletedIds: readonly PrimaryKey[];
  /** Departments that stay, without a link to the source. */
  readonly unlinkedIds: ReadonlySet<string>;
  readonly obsoleteLinkIds: readonly PrimaryKey[];
  /** Members that the source made lose their link, or their membership, too, and wait until the department is delivered again. */
  readonly waitingMembers: readonly WaitingRecord[];
}

/**
 * Decides what becomes of departments whose records were removed, and takes the deleted ones out of the tree. A
 * department that another source claims is only unlinked, and so is every one when the policy is to keep them; one with
 * members or children that this source did not make stays as it is.
 */
export function planDepartmentRemovals(
  removed: readonly TrackedDepartment[],
  snapshot: Pick<TreeSnapshot, 'linked' | 'dependents'>,
  tree: Pick<Tree, 'remove'>,
  policy: RemovalPolicy['departments'],
): DepartmentRemovalPlan {
  const outcomes: Outcome[] = [];
  const deletedIds: PrimaryKey[] = [];
  const unlinkedIds = new Set<string>();
  const obsoleteLinkIds: PrimaryKey[] = [];
  const waitingMembers: WaitingRecord[] = [];
  for (const tracked of removed) {
    const { uid } = tracked.record;
    const row = rowOf(tracked, snapshot);
    const name = typeof row?.title === 'string' ? row.title : uid;
    const dependents = row && snapshot.dependents.get(String(row.id));
    const isKept = policy === 'keep' || dependents?.isClaimedByOthers;
    if (dependents && !isKept && dependents.keptBy !== null) {
      outcomes.push(failed(tracked, name, 'HAS_DEPENDENTS', dependents.keptBy));
      continue;
    }
    for (const { id } of linksOf(tracked)) obsoleteLinkIds.push(id);
    if (!row || !dependents) {
      // Somebody has deleted it by hand; its members wait for it all the same.
      for (const link of linksOf(tracked))
        unlinkMembers(snapshot.dependents.get(link.resourcePk)?.memberships ?? [], uid);
      outcomes.push({ uid, name, action: 'unchanged' });
      continue;
    }
    unlinkMembers(dependents.memberships, uid);
    if (isKept) {
      unlinkedIds.add(String(row.id));
    } else {
      tree.remove(String(row.id));
      deletedIds.push(row.id);
    }
    outcomes.push({ uid, name, action: isKept ? 'unlinked' : 'deleted', rowId: row.id });
  }
  return { outcomes, deletedIds, unlinkedIds, obsoleteLinkIds, waitingMembers };

  function unlinkMembers(memberships: readonly MembershipLink[], awaits: string): void {
    for (const { linkId, recordId } of memberships) {
      obsoleteLinkIds.push(linkId);
      waitingMembers.push({ recordId, awaits });
    }
  }
}
