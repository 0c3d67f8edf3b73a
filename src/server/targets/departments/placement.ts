import type { ErrorCode, MessageParams } from '../../errors';
import { ELLIPSIS, MAX_LISTED } from '../../limits';
import type { PrimaryKey } from '../../model/primary-key';
import type { Warning } from '../../model/records';
import type { Steps } from '../../pacing';
import { MAX_PATH_LENGTH, withDescendants, type Cycle, type Tree } from './tree';
import type { DepartmentRow, TrackedDepartment, TreeSnapshot } from './types';

/** A delivered department whose values can be stored; whether it is written depends on its place in the tree. Ids are text. */
export interface DepartmentCandidate {
  readonly tracked: TrackedDepartment;
  /** The row to change; without one the department is created. */
  readonly row?: DepartmentRow;
  readonly id: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly warnings: readonly Warning[];
  /** Links of the record, and of its members, to rows that do not exist any more. */
  readonly staleLinkIds: readonly PrimaryKey[];
}

/** Which departments get their place in the tree, and which do not. */
export interface Placement {
  readonly accepted: readonly DepartmentCandidate[];
  /** Accepted ones whose parent does not exist yet. */
  readonly waiting: ReadonlySet<DepartmentCandidate>;
  readonly rejected: ReadonlyMap<DepartmentCandidate, Reason>;
}

interface Reason {
  readonly code: ErrorCode;
  readonly params: MessageParams;
}

/**
 * Gives every candidate its place in the tree, judged by the end state. A candidate that cannot have its place keeps the
 * old one, or is not created. Then others may not be able to have theirs, so this is repeated until nothing changes; each
 * round rejects at least one candidate. Afterwards the tree is as it will be.
 */
export function* placeInTree(
  candidates: readonly DepartmentCandidate[],
  snapshot: TreeSnapshot,
  tree: Tree,
): Steps<Placement> {
  const rejected = new Map<DepartmentCandidate, Reason>();
  for (;;) {
    const accepted = candidates.filter((candidate) => !rejected.has(candidate));
    const waiting = place(accepted, snapshot, tree);
    yield;
    const misplaced = yield* findMisplaced(accepted, snapshot, tree);
    if (misplaced.size === 0) return { accepted, waiting, rejected };
    for (const [candidate, reason] of misplaced) {
      rejected.set(candidate, reason);
      tree.reset(candidate.id);
    }
  }
}

/** Whether a department is new or gets another parent. */
export function isMoved(candidate: DepartmentCandidate, tree: Tree): boolean {
  return !candidate.row || tree.parentOf(candidate.id) !== tree.storedParentOf(candidate.id);
}

/** A parent that is not there yet leaves a department where it is, and a new one at the top. */
function place(
  candidates: readonly DepartmentCandidate[],
  snapshot: TreeSnapshot,
  tree: Tree,
): Set<DepartmentCandidate> {
  const waiting = new Set<DepartmentCandidate>();
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

function* findMisplaced(
  candidates: readonly DepartmentCandidate[],
  snapshot: TreeSnapshot,
  tree: Tree,
): Steps<Map<DepartmentCandidate, Reason>> {
  const moved = candidates.filter((candidate) => isMoved(candidate, tree));
  const onCycles = findCycles(moved, candidates, snapshot, tree);
  return onCycles.size > 0 ? onCycles : yield* findTooDeep(moved, candidates, tree);
}

function findCycles(
  moved: readonly DepartmentCandidate[],
  candidates: readonly DepartmentCandidate[],
  snapshot: TreeSnapshot,
  tree: Tree,
): Map<DepartmentCandidate, Reason> {
  const uidOf = new Map(candidates.map((candidate) => [candidate.id, candidate.tracked.record.uid]));
  const label = (id: string) => uidOf.get(id) ?? snapshot.uids.get(id) ?? `#${id}`;
  const misplaced = new Map<DepartmentCandidate, Reason>();
  const cycles = tree.cyclesAmong(moved.map(({ id }) => id));
  for (const candidate of moved) {
    const cycle = cycles.get(candidate.id);
    if (cycle)
      misplaced.set(candidate, { code: 'PARENT_CYCLE', params: { cycle: describeCycle(cycle, candidate.id, label) } });
  }
  return misplaced;
}

/** The parents from a department up to itself; only the first ones of a long cycle, so that messages stay short. */
function describeCycle({ ids, positions }: Cycle, from: string, label: (id: string) => string): string {
  const start = positions.get(from) ?? 0;
  const path = Array.from({ length: Math.min(ids.length, MAX_LISTED) }, (_, step) => ids[(start + step) % ids.length]);
  return [...path.map(label), ...(path.length < ids.length ? [ELLIPSIS] : []), label(from)].join(' → ');
}

/** A moved department fails for everything below it that is not delivered; what is delivered fails for itself. */
function* findTooDeep(
  moved: readonly DepartmentCandidate[],
  candidates: readonly DepartmentCandidate[],
  tree: Tree,
): Steps<Map<DepartmentCandidate, Reason>> {
  const own = new Set(candidates.map(({ id }) => id));
  const children = tree.childrenByParent();
  const misplaced = new Map<DepartmentCandidate, Reason>();
  for (const candidate of moved) {
    yield;
    const others = candidate.row ? [...withDescendants([candidate.id], children)].filter((id) => !own.has(id)) : [];
    if ([candidate.id, ...others].some((id) => tree.isTooDeep(id))) {
      misplaced.set(candidate, { code: 'TREE_TOO_DEEP', params: { length: MAX_PATH_LENGTH } });
    }
  }
  return misplaced;
}
