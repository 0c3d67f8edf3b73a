import type { ErrorCode } from '../../errors';
import { failed, type Outcome } from '../../model/outcome';
import type { PrimaryKey } from '../../model/primary-key';
import { nameOf, type DepartmentRecord } from '../../model/records';
import type { Steps } from '../../pacing';
import type { TargetChunk } from '../../pipeline/contracts';
import type { FieldCatalogue } from '../shared/field-catalogue';
import { linksOf, rowOf } from './links';
import { isMoved, placeInTree, type DepartmentCandidate, type Placement } from './placement';
import { planDepartmentRemovals, type DepartmentRemovalPlan } from './removals';
import { Tree, withDescendants } from './tree';
import type {
  DepartmentCreate,
  DepartmentUpdate,
  WaitingRecord,
  PathRow,
  TrackedDepartment,
  TreePlan,
  TreeSnapshot,
} from './types';

/** What planning asks of the fields of departments. */
export type DepartmentFields = Pick<FieldCatalogue, 'parse' | 'differences' | 'asChanges'>;

/** Decides what becomes of each department of a chunk. Pure: everything it needs to know is in the snapshot. */
export function* planTree(
  chunk: TargetChunk<DepartmentRecord>,
  snapshot: TreeSnapshot,
  catalogue: DepartmentFields,
  newId: () => PrimaryKey,
): Steps<TreePlan> {
  const records = chunk.records;
  const tree = new Tree(snapshot.nodes);
  const removals = planDepartmentRemovals(
    records.filter(({ record }) => record.isDeleted),
    snapshot,
    tree,
    chunk.run.removal.departments,
  );
  yield;
  const { candidates, rejected, waitingMembers } = yield* readDepartmentCandidates(records, snapshot, catalogue, newId);
  const placement = yield* placeInTree(candidates, snapshot, tree);
  const orphanedIds = findOrphaned(placement.accepted, snapshot, tree);
  yield;
  const changes = yield* planRows(placement.accepted, orphanedIds, removals, catalogue, tree);
  // The rest of the delivery may remove or move a department of the cycle, and so open it.
  const mayBeDeferred = ({ code }: { readonly code: ErrorCode }) => !chunk.final && code === 'PARENT_CYCLE';
  const deferred = [...placement.rejected].filter(([, reason]) => mayBeDeferred(reason));
  const refused = [...placement.rejected]
    .filter(([, reason]) => !mayBeDeferred(reason))
    .map(([{ tracked }, { code, params }]) => failed(tracked, nameOf(tracked.record), code, params));
  return {
    sourceName: chunk.sourceName,
    basis: { nodes: snapshot.nodes, usage: snapshot.usage },
    ...changes,
    deletedIds: removals.deletedIds,
    obsoleteLinkIds: [...removals.obsoleteLinkIds, ...placement.accepted.flatMap(({ staleLinkIds }) => staleLinkIds)],
    awaited: awaitedParents(records, placement),
    waitingMembers: [...removals.waitingMembers, ...waitingMembers],
    waitingChildren: findWaitingChildren(orphanedIds, removals, records, snapshot),
    outcomes: [...removals.outcomes, ...rejected, ...refused, ...changes.outcomes],
    warnings: [
      ...placement.accepted.flatMap(({ warnings }) => warnings),
      ...[...placement.waiting].map(({ tracked: { record } }) => ({
        uid: record.uid,
        code: 'PARENT_NOT_FOUND' as const,
        params: { parent: record.parentUid ?? '' },
      })),
    ],
    deferred: deferred.map(([{ tracked }]) => tracked),
  };
}

/** Reads the field values of the departments that a chunk delivers. */
function* readDepartmentCandidates(
  records: readonly TrackedDepartment[],
  snapshot: TreeSnapshot,
  catalogue: DepartmentFields,
  newId: () => PrimaryKey,
): Steps<{ candidates: DepartmentCandidate[]; rejected: Outcome[]; waitingMembers: WaitingRecord[] }> {
  const candidates: DepartmentCandidate[] = [];
  const rejected: Outcome[] = [];
  const waitingMembers: WaitingRecord[] = [];
  for (const tracked of records) {
    yield;
    const { record } = tracked;
    if (record.isDeleted) continue;
    const parsed = catalogue.parse(record);
    if ('code' in parsed) {
      rejected.push(failed(tracked, nameOf(record), parsed.code, parsed.params));
      continue;
    }
    if (record.parentUid === record.uid) {
      rejected.push(failed(tracked, nameOf(record), 'PARENT_IS_SELF'));
      continue;
    }
    const row = rowOf(tracked, snapshot);
    const stale = linksOf(tracked).filter((link) => link.resourcePk !== String(row?.id));
    const lost = stale.flatMap((link) => snapshot.dependents.get(link.resourcePk)?.memberships ?? []);
    for (const { recordId } of lost) waitingMembers.push({ recordId, awaits: record.uid });
    const staleLinkIds = [...stale.map((link) => link.id), ...lost.map(({ linkId }) => linkId)];
    candidates.push({ tracked, row, id: String(row?.id ?? newId()), staleLinkIds, ...parsed });
  }
  return { candidates, rejected, waitingMembers };
}

/** Children of deleted departments that are not deleted themselves. */
function findOrphaned(accepted: readonly DepartmentCandidate[], snapshot: TreeSnapshot, tree: Tree): string[] {
  const delivered = new Set(accepted.map(({ id }) => id));
  return [...snapshot.ownChildren.keys()].filter(
    (id) => tree.has(id) && !delivered.has(id) && tree.storedParentOf(id) !== tree.parentOf(id),
  );
}

/** Rows of departments and of the path table that have to be written so that the database says what the tree says. */
function* planRows(
  accepted: readonly DepartmentCandidate[],
  orphanedIds: readonly string[],
  removals: DepartmentRemovalPlan,
  catalogue: DepartmentFields,
  tree: Tree,
): Steps<Pick<TreePlan, 'creates' | 'updates' | 'paths' | 'touchedIds' | 'outcomes'>> {
  const children = tree.childrenByParent();
  const movedIds = accepted.filter((candidate) => isMoved(candidate, tree)).map(({ id }) => id);
  const outcomes: Outcome[] = [];
  const creates: DepartmentCreate[] = [];
  const updates = new Map<string, DepartmentUpdate>();
  for (const { tracked, row, id, values } of accepted) {
    yield;
    const parentId = tree.parentOf(id);
    const storedParentId = row ? tree.storedParentOf(id) : null;
    const changes = {
      ...(row ? catalogue.differences(row, values) : catalogue.asChanges(values)),
      ...(parentId === storedParentId ? {} : { parentId: { old: storedParentId, new: parentId } }),
    };
    const outcome = { uid: tracked.record.uid, name: nameOf(tracked.record), rowId: row?.id ?? id };
    const changed = Object.keys(changes);
    if (!row) {
      creates.push({ tracked, id, values: { ...values, parentId, isLeaf: !children.has(id) } });
      outcomes.push({ ...outcome, action: 'created', changes });
    } else if (changed.length === 0) {
      outcomes.push({ ...outcome, action: 'unchanged' });
    } else {
      const written = changed.map((name) => [name, name === 'parentId' ? parentId : values[name]]);
      updates.set(id, { id: row.id, values: Object.fromEntries(written) as DepartmentUpdate['values'] });
      outcomes.push({ ...outcome, action: 'updated', changes });
    }
  }
  for (const id of orphanedIds) updates.set(id, { id, values: { parentId: null } });
  for (const id of leavesToCheck([...movedIds, ...orphanedIds, ...removals.deletedIds.map(String)], tree)) {
    const isLeaf = !children.has(id);
    if (tree.isStoredLeaf(id) === isLeaf) continue;
    updates.set(id, { id, values: { ...updates.get(id)?.values, isLeaf } });
  }
  const moved = withDescendants([...movedIds, ...orphanedIds], children);
  const paths: PathRow[] = [];
  for (const id of moved) {
    const lineage = tree.lineage(id);
    paths.push({ nodePk: id, path: `/${lineage.join('/')}`, rootPk: lineage[0] });
    yield;
  }
  return {
    creates,
    updates: [...updates.values()],
    paths,
    touchedIds: [...withDescendants([...updates.keys(), ...moved], children), ...removals.deletedIds.map(String)],
    outcomes,
  };
}

/** Departments in the database that may have got their first child or lost their last one. */
function leavesToCheck(changedIds: readonly string[], tree: Tree): Set<string> {
  const parents = changedIds.flatMap((id) => [tree.storedParentOf(id), tree.has(id) ? tree.parentOf(id) : null]);
  return new Set(parents.filter((id): id is string => id !== null && tree.isStored(id) && tree.has(id)));
}

/** Children whose parent is deleted or unlinked wait for it, as if they had been delivered before it. */
function findWaitingChildren(
  orphanedIds: readonly string[],
  { unlinkedIds }: DepartmentRemovalPlan,
  records: readonly TrackedDepartment[],
  snapshot: TreeSnapshot,
): WaitingRecord[] {
  const removedUids = new Map(
    records
      .filter(({ record }) => record.isDeleted)
      .map((tracked) => [String(rowOf(tracked, snapshot)?.id), tracked.record.uid]),
  );
  const belowUnlinked = [...snapshot.ownChildren.keys()].filter(
    (id) => unlinkedIds.has(snapshot.nodes.get(id)?.parentId ?? '') && !removedUids.has(id),
  );
  return [...orphanedIds, ...belowUnlinked].flatMap((id) => {
    const recordId = snapshot.ownChildren.get(id);
    const awaits = removedUids.get(snapshot.nodes.get(id)?.parentId ?? '');
    return recordId === undefined || awaits === undefined ? [] : [{ recordId, awaits }];
  });
}

/** What each record of the chunk waits for from now on. A rejected record keeps waiting for what it waited for. */
function awaitedParents(
  records: readonly TrackedDepartment[],
  { accepted, waiting }: Placement,
): Map<PrimaryKey, readonly string[]> {
  const awaited = new Map<PrimaryKey, readonly string[]>();
  for (const { id, record } of records) if (record.isDeleted) awaited.set(id, []);
  for (const candidate of accepted) {
    const { parentUid } = candidate.tracked.record;
    awaited.set(candidate.tracked.id, waiting.has(candidate) && parentUid !== null ? [parentUid] : []);
  }
  return awaited;
}
