import type { ErrorCode } from '../../../errors';
import { failed, type Outcome, type PrimaryKey, type TargetChunk } from '../../../pipeline/contracts';
import type { Steps } from '../../../pacing';
import { nameOf } from '../../../records/types';
import type { FieldCatalogue } from '../../shared/field-catalogue';
import { linksOf, rowOf } from './links';
import { isMoved, placeInTree, type Candidate, type Placement } from './placement';
import { planRemovals, type Removals } from './removals';
import { Tree, withDescendants } from './tree';
import type {
  DepartmentCreate,
  DepartmentUpdate,
  OrphanedRecord,
  PathRow,
  TrackedDepartment,
  TreePlan,
  TreeSnapshot,
} from './types';

/** Decides what becomes of each department of a chunk. Pure: everything it needs to know is in the snapshot. */
export function* planTree(
  chunk: TargetChunk,
  snapshot: TreeSnapshot,
  catalogue: FieldCatalogue,
  newId: () => PrimaryKey,
): Steps<TreePlan> {
  const records = chunk.records as readonly TrackedDepartment[];
  const tree = new Tree(snapshot.nodes);
  const removals = planRemovals(
    records.filter(({ record }) => record.isDeleted),
    snapshot,
    tree,
    chunk.run.removal.departments,
  );
  yield;
  const { candidates, rejected, orphaned } = yield* readCandidates(records, snapshot, catalogue, newId);
  const placement = yield* placeInTree(candidates, snapshot, tree);
  const orphanIds = findOrphans(placement.accepted, snapshot, tree);
  yield;
  const changes = yield* planRows(placement.accepted, orphanIds, removals, catalogue, tree);
  // Who closes a circle with a department that goes, or moves away in what is left of the delivery, closes none then.
  const mayBeDeferred = ({ code }: { readonly code: ErrorCode }) => !chunk.final && code === 'PARENT_CYCLE';
  const deferred = [...placement.rejected].filter(([, reason]) => mayBeDeferred(reason));
  const refused = [...placement.rejected]
    .filter(([, reason]) => !mayBeDeferred(reason))
    .map(([{ tracked }, { code, params }]) => failed(tracked, nameOf(tracked.record), code, params));
  return {
    dataType: 'department',
    sourceName: chunk.sourceName,
    ...changes,
    deletedIds: removals.deletedIds,
    obsoleteLinkIds: [...removals.obsoleteLinkIds, ...placement.accepted.flatMap(({ staleLinkIds }) => staleLinkIds)],
    awaited: awaitedParents(records, placement),
    orphaned: [...removals.orphaned, ...orphaned],
    parentless: orphanedChildren(orphanIds, removals, records, snapshot),
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

/** Reads the field values of departments that are to be there. */
function* readCandidates(
  records: readonly TrackedDepartment[],
  snapshot: TreeSnapshot,
  catalogue: FieldCatalogue,
  newId: () => PrimaryKey,
): Steps<{ candidates: Candidate[]; rejected: Outcome[]; orphaned: OrphanedRecord[] }> {
  const candidates: Candidate[] = [];
  const rejected: Outcome[] = [];
  const orphaned: OrphanedRecord[] = [];
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
    for (const { recordId } of lost) orphaned.push({ recordId, awaits: record.uid });
    const staleLinkIds = [...stale.map((link) => link.id), ...lost.map(({ linkId }) => linkId)];
    candidates.push({ tracked, row, id: String(row?.id ?? newId()), staleLinkIds, ...parsed });
  }
  return { candidates, rejected, orphaned };
}

/** Children of deleted departments that stay themselves. */
function findOrphans(accepted: readonly Candidate[], snapshot: TreeSnapshot, tree: Tree): string[] {
  const delivered = new Set(accepted.map(({ id }) => id));
  return [...snapshot.ownChildren.keys()].filter(
    (id) => tree.has(id) && !delivered.has(id) && tree.storedParentOf(id) !== tree.parentOf(id),
  );
}

/** Rows of departments and of the path table that have to be written so that the database says what the tree says. */
function* planRows(
  accepted: readonly Candidate[],
  orphanIds: readonly string[],
  removals: Removals,
  catalogue: FieldCatalogue,
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
  for (const id of orphanIds) updates.set(id, { id, values: { parentId: null } });
  for (const id of leavesToCheck([...movedIds, ...orphanIds, ...removals.deletedIds.map(String)], tree)) {
    const isLeaf = !children.has(id);
    if (tree.isStoredLeaf(id) === isLeaf) continue;
    updates.set(id, { id, values: { ...updates.get(id)?.values, isLeaf } });
  }
  const moved = withDescendants([...movedIds, ...orphanIds], children);
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

/** Children that stay when their parent goes, or is let go, wait for it, as if they had come before it. */
function orphanedChildren(
  orphanIds: readonly string[],
  { keptIds }: Removals,
  records: readonly TrackedDepartment[],
  snapshot: TreeSnapshot,
): OrphanedRecord[] {
  const removedUids = new Map(
    records
      .filter(({ record }) => record.isDeleted)
      .map((tracked) => [String(rowOf(tracked, snapshot)?.id), tracked.record.uid]),
  );
  const leftBelow = [...snapshot.ownChildren.keys()].filter(
    (id) => keptIds.has(snapshot.nodes.get(id)?.parentId ?? '') && !removedUids.has(id),
  );
  return [...orphanIds, ...leftBelow].flatMap((id) => {
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
