/** Parts of a tree of departments: the chosen ones and everything below them. */
export class Subtrees {
  readonly isEmpty: boolean;
  private readonly roots: ReadonlySet<string>;
  private readonly verdicts = new Map<string, boolean>();

  /** `parents` says for each known department which one is above it. */
  constructor(
    roots: readonly string[],
    private readonly parents: ReadonlyMap<string, string | null>,
  ) {
    this.roots = new Set(roots);
    this.isEmpty = this.roots.size === 0;
  }

  /** Whether the department was chosen itself. */
  isRoot(uid: string): boolean {
    return this.roots.has(uid);
  }

  /** Whether anything is known about where the department stands. */
  knows(uid: string): boolean {
    return this.parents.has(uid) || this.roots.has(uid);
  }

  /**
   * Whether a department, or one above it, was chosen. Every department is looked at once, so that a circle ends, too.
   */
  has(uid: string | null): boolean {
    const passed: string[] = [];
    const seen = new Set<string>();
    let current: string | null | undefined = uid;
    let verdict = false;
    while (current !== null && current !== undefined && !seen.has(current)) {
      const known = this.roots.has(current) || this.verdicts.get(current);
      if (known !== undefined) {
        verdict = known;
        break;
      }
      seen.add(current);
      passed.push(current);
      current = this.parents.get(current);
    }
    for (const department of passed) this.verdicts.set(department, verdict);
    return verdict;
  }
}
