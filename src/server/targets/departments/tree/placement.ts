import type { ErrorCode, MessageParams } from '../../../errors';
import type { PrimaryKey } from '../../../pipeline/contracts';
import { ELLIPSIS, MAX_LISTED } from '../../../limits';
import type { Steps } from '../../../pacing';
import type { Warning } from '../../../records/types';
import { MAX_PATH_LENGTH, withDescendants, type Cycle, type Tree } from './tree';
import type { DepartmentRow, TrackedDepartment, TreeSnapshot } from './types';

/** A department that is to be there in the end. Ids are text. */
export interface Candidate {
  readonly tracked: TrackedDepartment;
  /** The row to change; without one the department is created. */
  readonly row?: DepartmentRow;
  readonly id: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly warnings: readonly Warning[];
  /** Links of the record to rows that are no more. */
  readonly staleLinkIds: readonly PrimaryKey[];
}

/** Who got a place in the tree, and who did not. */
export interface Placement {
  readonly accepted: readonly Candidate[];
  /** Accepted ones whose parent has not come yet. */
  readonly waiting: ReadonlySet<Candidate>;
  readonly rejected: ReadonlyMap<Candidate, Reason>;
}

interface Reason {
  readonly code: ErrorCode;
  readonly params: MessageParams;
}

/**
 * Gives every candidate its place in the tree, judged by the end state. Who cannot have the place keeps the one there
 * was, or is not made, which may cost others theirs: so this is repeated until nothing changes; each round rejects at
 * least one candidate. The tree is left as it will be.
 */
export function* placeInTree(candidates: readonly Candidate[], snapshot: TreeSnapshot, tree: Tree): Steps<Placement> {
  const rejected = new Map<Candidate, Reason>();
  for (;;) {
    const accepted = candidates.filter((candidate) => !rejected.has(candidate));
    const waiting = place(accepted, snapshot, tree);
    yield;
    const losers = yield* findLosers(accepted, snapshot, tree);
    if (losers.size === 0) return { accepted, waiting, rejected };
    for (const [candidate, reason] of losers) {
      rejected.set(candidate, reason);
      tree.reset(candidate.id);
    }
  }
}

/** Whether a department is new or gets another parent. */
export function isMoved(candidate: Candidate, tree: Tree): boolean {
  return !candidate.row || tree.parentOf(candidate.id) !== tree.storedParentOf(candidate.id);
}

/** A parent that is not there yet leaves a department where it is, and a new one at the top. */
function place(candidates: readonly Candidate[], snapshot: TreeSnapshot, tree: Tree): Set<Candidate> {
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

function* findLosers(
  candidates: readonly Candidate[],
  snapshot: TreeSnapshot,
  tree: Tree,
): Steps<Map<Candidate, Reason>> {
  const moved = candidates.filter((candidate) => isMoved(candidate, tree));
  const onCycles = findCycles(moved, candidates, snapshot, tree);
  return onCycles.size > 0 ? onCycles : yield* findTooDeep(moved, candidates, tree);
}

function findCycles(
  moved: readonly Candidate[],
  candidates: readonly Candidate[],
  snapshot: TreeSnapshot,
  tree: Tree,
): Map<Candidate, Reason> {
  const uidOf = new Map(candidates.map((candidate) => [candidate.id, candidate.tracked.record.uid]));
  const label = (id: string) => uidOf.get(id) ?? snapshot.uids.get(id) ?? `#${id}`;
  const losers = new Map<Candidate, Reason>();
  const cycles = tree.cyclesAmong(moved.map(({ id }) => id));
  for (const candidate of moved) {
    const cycle = cycles.get(candidate.id);
    if (cycle) losers.set(candidate, { code: 'PARENT_CYCLE', params: { cycle: shown(cycle, candidate.id, label) } });
  }
  return losers;
}

/** The way up from a department to itself; of a long one the beginning, so that no message grows with the circle. */
function shown({ ids, places }: Cycle, from: string, label: (id: string) => string): string {
  const start = places.get(from) ?? 0;
  const way = Array.from({ length: Math.min(ids.length, MAX_LISTED) }, (_, step) => ids[(start + step) % ids.length]);
  return [...way.map(label), ...(way.length < ids.length ? [ELLIPSIS] : []), label(from)].join(' → ');
}

/** Who moves is to blame for what hangs below, unless that moves too and so answers for itself. */
function* findTooDeep(
  moved: readonly Candidate[],
  candidates: readonly Candidate[],
  tree: Tree,
): Steps<Map<Candidate, Reason>> {
  const own = new Set(candidates.map(({ id }) => id));
  const children = tree.childrenByParent();
  const losers = new Map<Candidate, Reason>();
  for (const candidate of moved) {
    yield;
    const others = candidate.row ? [...withDescendants([candidate.id], children)].filter((id) => !own.has(id)) : [];
    if ([candidate.id, ...others].some((id) => tree.isTooDeep(id))) {
      losers.set(candidate, { code: 'TREE_TOO_DEEP', params: { length: MAX_PATH_LENGTH } });
    }
  }
  return losers;
}
