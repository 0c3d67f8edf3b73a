/** One department in the tree: only what its shape needs. Ids are text. */
export interface TreeNode {
  readonly parentId: string | null;
  readonly isLeaf: boolean | null;
}

/** The column `path` of the host's path table holds this many characters. */
export const MAX_PATH_LENGTH = 1024;

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

  /** Parent by the end state; a parent that is no more counts as none. */
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

  /** From a department up to the one that closes the circle, both included; `undefined` when it is on no circle. */
  cycleThrough(id: string): string[] | undefined {
    const path = [id];
    const seen = new Set(path);
    for (let current = this.parentOf(id); current !== null; current = this.parentOf(current)) {
      path.push(current);
      if (current === id) return path;
      if (seen.has(current)) return undefined;
      seen.add(current);
    }
    return undefined;
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

  /** As the host writes it: ids from the top down, each after a slash. */
  pathOf(id: string): string {
    return `/${this.lineage(id).join('/')}`;
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
    queue.push(...(children.get(id) ?? []));
  }
  return found;
}
