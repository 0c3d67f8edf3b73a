/** One department in the tree: only what its shape needs. Ids are text. */
export interface TreeNode {
  readonly parentId: string | null;
  readonly isLeaf: boolean | null;
}

/** The column `path` of the host's path table holds this many characters. */
export const MAX_PATH_LENGTH = 1024;

/** Departments of which each is the parent of the one before it, and the first the parent of the last. */
export interface Cycle {
  readonly ids: readonly string[];
  /** The index of each of them in `ids`. */
  readonly positions: ReadonlyMap<string, number>;
}

/** The department tree as ids, with changes laid over what the database says. */
export class Tree {
  private readonly changed = new Map<string, string | null>();
  private readonly removed = new Set<string>();

  constructor(private readonly nodes: ReadonlyMap<string, TreeNode>) {}

  /** Whether a department is in the database and stays there. */
  has(id: string): boolean {
    return (this.nodes.has(id) || this.changed.has(id)) && !this.removed.has(id);
  }

  setParent(id: string, parentId: string | null): void {
    this.changed.set(id, parentId);
  }

  /** Forgets a change: the department has the place that the database says, or none. */
  reset(id: string): void {
    this.changed.delete(id);
  }

  remove(id: string): void {
    this.removed.add(id);
  }

  /** Parent by the end state; a removed parent counts as none. */
  parentOf(id: string): string | null {
    const parentId = this.changed.has(id) ? (this.changed.get(id) ?? null) : (this.nodes.get(id)?.parentId ?? null);
    return parentId !== null && this.has(parentId) ? parentId : null;
  }

  /** Whether the database has it now. */
  isStored(id: string): boolean {
    return this.nodes.has(id);
  }

  storedParentOf(id: string): string | null {
    return this.nodes.get(id)?.parentId ?? null;
  }

  isStoredLeaf(id: string): boolean | null {
    return this.nodes.get(id)?.isLeaf ?? null;
  }

  /** The cycles that some departments are on, by department. Each department is looked at once. */
  cyclesAmong(ids: Iterable<string>): Map<string, Cycle> {
    const cycles = new Map<string, Cycle>();
    const seen = new Set<string>();
    for (const start of ids) {
      const path: string[] = [];
      const positions = new Map<string, number>();
      let current: string | null = start;
      while (current !== null && !seen.has(current)) {
        seen.add(current);
        positions.set(current, path.length);
        path.push(current);
        current = this.parentOf(current);
      }
      const closes = current === null ? undefined : positions.get(current);
      if (closes === undefined) continue;
      const onCycle = path.slice(closes);
      const cycle = { ids: onCycle, positions: new Map(onCycle.map((id, position) => [id, position])) };
      for (const id of onCycle) cycles.set(id, cycle);
    }
    return cycles;
  }

  /** Whether the path of a department is longer than the host can write. */
  isTooDeep(id: string): boolean {
    let length = 0;
    const seen = new Set<string>();
    for (let current: string | null = id; current !== null && !seen.has(current); current = this.parentOf(current)) {
      seen.add(current);
      length += current.length + 1;
      if (length > MAX_PATH_LENGTH) return true;
    }
    return false;
  }

  /** Ids from the root down to the department. */
  lineage(id: string): string[] {
    const ids = [id];
    const seen = new Set(ids);
    for (let current = this.parentOf(id); current !== null && !seen.has(current); current = this.parentOf(current)) {
      ids.push(current);
      seen.add(current);
    }
    return ids.reverse();
  }

  /** Parent → children, by the end state. */
  childrenByParent(): Map<string, string[]> {
    const children = new Map<string, string[]>();
    for (const id of new Set([...this.nodes.keys(), ...this.changed.keys()])) {
      const parentId = this.has(id) ? this.parentOf(id) : null;
      if (parentId === null) continue;
      const siblings = children.get(parentId);
      if (siblings) siblings.push(id);
      else children.set(parentId, [id]);
    }
    return children;
  }
}

/** Some departments and everything below them. */
export function withDescendants(ids: Iterable<string>, children: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set<string>();
  const queue = [...ids];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    for (const child of children.get(id) ?? []) queue.push(child);
  }
  return found;
}
