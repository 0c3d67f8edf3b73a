import type { ErrorCode, MessageParams } from '../../../errors';
import { failed, type Outcome, type PrimaryKey, type TargetChunk } from '../../../pipeline/contracts';
import { nameOf, type Warning } from '../../../records/types';
import type { FieldCatalogue } from '../../shared/field-catalogue';
import { MAX_PATH_LENGTH, Tree, withDescendants } from './tree';
import type { DepartmentRow, DepartmentUpdate, TrackedDepartment, TreePlan, TreeSnapshot } from './types';

/** The name of the target, and of its links. */
export const DEPARTMENTS = 'departments';

/** A department that is to be there in the end. */
interface Candidate {
  readonly tracked: TrackedDepartment;
  readonly row?: DepartmentRow;
  readonly id: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly warnings: readonly Warning[];
  readonly staleLinkIds: readonly PrimaryKey[];
}

/**
 * Decides what becomes of each department of a chunk. Pure. Parents are judged by the end state: candidates that cannot
 * have their place lose it, which may cost others theirs, so places are given until nothing changes.
 */
export function planTree(
  chunk: TargetChunk,
  snapshot: TreeSnapshot,
  catalogue: FieldCatalogue,
  newId: () => PrimaryKey,
): TreePlan {
  const outcomes: Outcome[] = [];
  const tree = new Tree(snapshot.nodes);
  const fail = (tracked: TrackedDepartment, code: ErrorCode, params: MessageParams = {}) =>
    outcomes.push(failed(tracked, nameOf(tracked.record), code, params));

  const removal = planRemovals();
  let candidates = (chunk.records as readonly TrackedDepartment[])
    .filter(({ record }) => !record.isDeleted)
    .flatMap((tracked) => toCandidate(tracked));
  let placed = place();
  for (let losers = findLosers(); losers.size > 0; losers = findLosers()) {
    for (const [candidate, reason] of losers) {
      fail(candidate.tracked, reason.code, reason.params);
      tree.reset(candidate.id);
      if (!candidate.row) tree.remove(candidate.id);
    }
    candidates = candidates.filter((candidate) => !losers.has(candidate));
    placed = place();
  }
  return finish();

  function planRemovals() {
    const deletedIds: PrimaryKey[] = [];
    const obsoleteLinkIds: PrimaryKey[] = [];
    const orphaned: { recordId: PrimaryKey; awaits: string }[] = [];
    for (const tracked of chunk.records as readonly TrackedDepartment[]) {
      if (!tracked.record.isDeleted) continue;
      const { uid } = tracked.record;
      const links = linksOf(tracked);
      const row = rowOf(tracked);
      const name = typeof row?.title === 'string' ? row.title : uid;
      const dependents = row && snapshot.dependents.get(String(row.id));
      if (dependents && !dependents.isClaimedByOthers && dependents.foreign !== null) {
        outcomes.push(failed(tracked, name, 'HAS_DEPENDENTS', { reason: dependents.foreign }));
        continue;
      }
      obsoleteLinkIds.push(...links.map((link) => link.id));
      if (!row || !dependents) {
        outcomes.push({ uid, name, action: 'unchanged' });
        continue;
      }
      if (dependents.isClaimedByOthers) {
        outcomes.push({ uid, name, action: 'unlinked', rowId: row.id });
        continue;
      }
      deletedIds.push(row.id);
      tree.remove(String(row.id));
      obsoleteLinkIds.push(...dependents.memberships.map(({ linkId }) => linkId));
      orphaned.push(...dependents.memberships.map(({ recordId }) => ({ recordId, awaits: uid })));
      outcomes.push({ uid, name, action: 'deleted', rowId: row.id });
    }
    return { deletedIds, obsoleteLinkIds, orphaned };
  }

  function toCandidate(tracked: TrackedDepartment): Candidate[] {
    const { record } = tracked;
    const parsed = catalogue.parse(record);
    if ('code' in parsed) {
      fail(tracked, parsed.code, parsed.params);
      return [];
    }
    if (record.parentUid === record.uid) {
      fail(tracked, 'PARENT_IS_SELF');
      return [];
    }
    const row = rowOf(tracked);
    const stale = linksOf(tracked).filter((link) => link.resourcePk !== String(row?.id));
    const lost = stale.flatMap((link) => snapshot.dependents.get(link.resourcePk)?.memberships ?? []);
    removal.orphaned.push(...lost.map(({ recordId }) => ({ recordId, awaits: record.uid })));
    const staleLinkIds = [...stale.map((link) => link.id), ...lost.map(({ linkId }) => linkId)];
    const { values, warnings } = parsed;
    return [{ tracked, row, id: String(row?.id ?? newId()), values, warnings, staleLinkIds }];
  }

  /** Gives every candidate its place; says which ones wait for their parent. */
  function place(): ReadonlySet<Candidate> {
    const waiting = new Set<Candidate>();
    const byUid = new Map(candidates.map((candidate) => [candidate.tracked.record.uid, candidate]));
    for (const candidate of candidates) tree.setParent(candidate.id, null);
    for (const candidate of candidates) {
      const { parentUid } = candidate.tracked.record;
      if (parentUid === null) continue;
      const parentId = byUid.get(parentUid)?.id ?? snapshot.parents.get(parentUid);
      if (parentId !== undefined && tree.has(parentId)) {
        tree.setParent(candidate.id, parentId);
      } else {
        waiting.add(candidate);
        tree.setParent(candidate.id, candidate.row ? tree.storedParentOf(candidate.id) : null);
      }
    }
    return waiting;
  }

  function findLosers(): Map<Candidate, { code: ErrorCode; params: MessageParams }> {
    const losers = new Map<Candidate, { code: ErrorCode; params: MessageParams }>();
    const uidOf = new Map(candidates.map((candidate) => [candidate.id, candidate.tracked.record.uid]));
    const label = (id: string) => uidOf.get(id) ?? snapshot.uids.get(id) ?? `#${id}`;
    for (const candidate of candidates.filter(isMoved)) {
      const cycle = tree.cycleThrough(candidate.id);
      if (cycle) losers.set(candidate, { code: 'PARENT_CYCLE', params: { cycle: cycle.map(label).join(' → ') } });
    }
    if (losers.size > 0) return losers;
    const children = tree.childrenByParent();
    for (const candidate of candidates.filter(isMoved)) {
      const longest = [...withDescendants([candidate.id], children)].some(
        (id) => tree.pathOf(id).length > MAX_PATH_LENGTH,
      );
      if (longest) losers.set(candidate, { code: 'TREE_TOO_DEEP', params: { length: MAX_PATH_LENGTH } });
    }
    return losers;
  }

  function isMoved(candidate: Candidate): boolean {
    return !candidate.row || tree.parentOf(candidate.id) !== tree.storedParentOf(candidate.id);
  }

  function finish(): TreePlan {
    const movedIds = candidates.filter(isMoved).map(({ id }) => id);
    const orphanIds = [...snapshot.ownChildren.keys()].filter(
      (id) => tree.has(id) && tree.storedParentOf(id) !== tree.parentOf(id) && !candidates.some((c) => c.id === id),
    );
    const children = tree.childrenByParent();
    const moved = withDescendants([...movedIds, ...orphanIds], children);
    const updates = new Map<string, DepartmentUpdate>();
    const creates = [];
    for (const candidate of candidates) {
      const { tracked, row, id } = candidate;
      const { uid } = tracked.record;
      const name = nameOf(tracked.record);
      const parentId = tree.parentOf(id);
      if (!row) {
        const isLeaf = !children.has(id);
        creates.push({ tracked, id, values: { ...candidate.values, parentId, isLeaf } });
        const changes = {
          ...catalogue.asChanges(candidate.values),
          ...(parentId ? { parentId: { old: null, new: parentId } } : {}),
        };
        outcomes.push({ uid, name, action: 'created', rowId: id, changes });
        continue;
      }
      const storedParentId = tree.storedParentOf(id);
      const changes = {
        ...catalogue.differences(row, candidate.values),
        ...(parentId === storedParentId ? {} : { parentId: { old: storedParentId, new: parentId } }),
      };
      const changed = Object.keys(changes);
      if (changed.length === 0) {
        outcomes.push({ uid, name, action: 'unchanged', rowId: row.id });
        continue;
      }
      const values = Object.fromEntries(
        changed.map((key) => [key, key === 'parentId' ? parentId : candidate.values[key]]),
      );
      updates.set(id, { id: row.id, values, changes });
      outcomes.push({ uid, name, action: 'updated', rowId: row.id, changes });
    }
    for (const id of orphanIds) updates.set(id, { id, values: { parentId: null }, changes: {} });
    for (const id of leafCandidates([...movedIds, ...orphanIds])) {
      const isLeaf = !children.has(id);
      if (tree.isStoredLeaf(id) === isLeaf) continue;
      const update = updates.get(id) ?? { id, values: {}, changes: {} };
      updates.set(id, { ...update, values: { ...update.values, isLeaf } });
    }
    return {
      dataType: 'department',
      sourceName: chunk.sourceName,
      creates,
      updates: [...updates.values()],
      deletedIds: removal.deletedIds,
      obsoleteLinkIds: [...removal.obsoleteLinkIds, ...candidates.flatMap(({ staleLinkIds }) => staleLinkIds)],
      paths: [...moved].map((id) => {
        const lineage = tree.lineage(id);
        return { nodePk: id, path: `/${lineage.join('/')}`, rootPk: lineage[0] };
      }),
      touchedIds: [...withDescendants([...updates.keys(), ...moved], children), ...removal.deletedIds.map(String)],
      awaited: awaitedParents(),
      orphaned: [...removal.orphaned, ...orphanedChildren(orphanIds)],
      outcomes,
      warnings: [...candidates.flatMap(({ warnings }) => warnings), ...parentWarnings()],
      deferred: [],
    };
  }

  /** Departments in the database whose set of children may have changed. */
  function leafCandidates(movedIds: readonly string[]): Set<string> {
    const ids = new Set<string>();
    for (const id of [...movedIds, ...removal.deletedIds.map(String)]) {
      const parents = [tree.storedParentOf(id), tree.has(id) ? tree.parentOf(id) : null];
      for (const parentId of parents) {
        if (parentId !== null && snapshot.nodes.has(parentId) && tree.has(parentId)) ids.add(parentId);
      }
    }
    return ids;
  }

  /** Children that stay when their parent goes wait for it, as if they had come before it. */
  function orphanedChildren(orphanIds: readonly string[]): { recordId: PrimaryKey; awaits: string }[] {
    const uidOfDeleted = new Map(
      (chunk.records as readonly TrackedDepartment[]).flatMap((tracked) => {
        const row = tracked.record.isDeleted ? rowOf(tracked) : undefined;
        return row ? [[String(row.id), tracked.record.uid]] : [];
      }),
    );
    return orphanIds.flatMap((id) => {
      const recordId = snapshot.ownChildren.get(id);
      const awaits = uidOfDeleted.get(tree.storedParentOf(id) ?? '');
      return recordId === undefined || awaits === undefined ? [] : [{ recordId, awaits }];
    });
  }

  function awaitedParents(): Map<PrimaryKey, readonly string[]> {
    const awaited = new Map<PrimaryKey, readonly string[]>();
    for (const tracked of chunk.records as readonly TrackedDepartment[]) {
      if (tracked.record.isDeleted) awaited.set(tracked.id, []);
    }
    for (const candidate of candidates) {
      const { parentUid } = candidate.tracked.record;
      awaited.set(candidate.tracked.id, placed.has(candidate) && parentUid !== null ? [parentUid] : []);
    }
    return awaited;
  }

  function parentWarnings(): Warning[] {
    return [...placed].map(({ tracked }) => ({
      uid: tracked.record.uid,
      code: 'PARENT_NOT_FOUND' as const,
      params: { parent: tracked.record.parentUid ?? '' },
    }));
  }

  function rowOf(tracked: TrackedDepartment): DepartmentRow | undefined {
    return linksOf(tracked)
      .map((link) => snapshot.linked.get(link.resourcePk))
      .find((row) => row !== undefined);
  }
}

function linksOf(tracked: TrackedDepartment) {
  return tracked.links.filter((link) => link.resource === DEPARTMENTS);
}
