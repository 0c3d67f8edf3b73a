import type { DepartmentRemoval } from '../../../sources/source-rules';
import { failed, type Outcome, type PrimaryKey } from '../../../pipeline/contracts';
import { linksOf, rowOf } from './links';
import type { Tree } from './tree';
import type { MembershipLink, OrphanedRecord, TrackedDepartment, TreeSnapshot } from './types';

/** Departments that go, and what goes or waits with them. */
export interface Removals {
  readonly outcomes: readonly Outcome[];
  readonly deletedIds: readonly PrimaryKey[];
  /** Departments that are only let go. */
  readonly keptIds: ReadonlySet<string>;
  readonly obsoleteLinkIds: readonly PrimaryKey[];
  /** Members that the source made lose their link, or their membership, too, and wait for the department to come back. */
  readonly orphaned: readonly OrphanedRecord[];
}

/**
 * Decides which departments go, and takes them out of the tree. A department that another source claims is only let
 * go, and so is every one when the policy is to keep them; one with members or children that this source did not make
 * stays.
 */
export function planRemovals(
  removed: readonly TrackedDepartment[],
  snapshot: TreeSnapshot,
  tree: Tree,
  policy: DepartmentRemoval,
): Removals {
  const outcomes: Outcome[] = [];
  const deletedIds: PrimaryKey[] = [];
  const keptIds = new Set<string>();
  const obsoleteLinkIds: PrimaryKey[] = [];
  const orphaned: OrphanedRecord[] = [];
  for (const tracked of removed) {
    const { uid } = tracked.record;
    const row = rowOf(tracked, snapshot);
    const name = typeof row?.title === 'string' ? row.title : uid;
    const dependents = row && snapshot.dependents.get(String(row.id));
    const isKept = policy === 'keep' || dependents?.isClaimedByOthers;
    if (dependents && !isKept && dependents.foreign !== null) {
      outcomes.push(failed(tracked, name, 'HAS_DEPENDENTS', dependents.foreign));
      continue;
    }
    for (const { id } of linksOf(tracked)) obsoleteLinkIds.push(id);
    if (!row || !dependents) {
      // Somebody has deleted it by hand; its members wait for it all the same.
      for (const link of linksOf(tracked)) orphan(snapshot.dependents.get(link.resourcePk)?.memberships ?? [], uid);
      outcomes.push({ uid, name, action: 'unchanged' });
    } else if (isKept) {
      // What stays there is nobody's.
      orphan(dependents.memberships, uid);
      keptIds.add(String(row.id));
      outcomes.push({ uid, name, action: 'unlinked', rowId: row.id });
    } else {
      tree.remove(String(row.id));
      deletedIds.push(row.id);
      orphan(dependents.memberships, uid);
      outcomes.push({ uid, name, action: 'deleted', rowId: row.id });
    }
  }
  return { outcomes, deletedIds, keptIds, obsoleteLinkIds, orphaned };

  function orphan(memberships: readonly MembershipLink[], awaits: string): void {
    for (const { linkId, recordId } of memberships) {
      obsoleteLinkIds.push(linkId);
      orphaned.push({ recordId, awaits });
    }
  }
}
