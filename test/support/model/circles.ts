import type { DepartmentEntry, ModelDepartment, ModelSource, OrganisationModel } from './organisation-model';

/** A department that is to have a place in the tree. */
export interface Moving {
  readonly uid: string;
  readonly entry: DepartmentEntry;
}

/** The department of a record, as long as it is there. */
export function rowOf(model: OrganisationModel, entry: DepartmentEntry | undefined): ModelDepartment | undefined {
  return entry?.departmentId === undefined ? undefined : model.departments.get(entry.departmentId);
}

/** Where departments stand once all that are moving have moved, as far as their parents are there. */
export class FutureTree {
  private readonly moving: ReadonlyMap<string, Moving>;
  private readonly byKey: ReadonlyMap<string, Moving>;

  constructor(
    private readonly model: OrganisationModel,
    private readonly source: ModelSource,
    moving: readonly Moving[],
  ) {
    this.moving = new Map(moving.map((item) => [item.uid, item]));
    this.byKey = new Map(moving.map((item) => [this.keyOf(item.uid), item]));
  }

  /** Whether the parent that a record names is neither there nor coming. */
  isWaiting({ entry: { said } }: Moving): boolean {
    const { parentUid } = said;
    if (parentUid === null || this.moving.has(parentUid)) return false;
    return rowOf(this.model, this.source.departments.get(parentUid)) === undefined;
  }

  /** Whether a department gets a place from which the way up leads back to it. */
  isMovedOntoCircle({ uid, entry }: Moving): boolean {
    const start = this.keyOf(uid);
    const row = rowOf(this.model, entry);
    if (row && this.parentOf(start) === row.parentId) return false;
    const seen = new Set<string>();
    for (let at: string | null = start; at !== null; at = this.parentOf(at)) {
      if (seen.has(at)) return at === start;
      seen.add(at);
    }
    return false;
  }

  private parentOf(key: string): string | null {
    const item = this.byKey.get(key);
    const stored = this.model.departments.get(key)?.parentId ?? null;
    if (!item || this.isWaiting(item)) return stored;
    const { parentUid } = item.entry.said;
    return parentUid === null ? null : this.keyOf(parentUid);
  }

  /** Departments by their ids, and those that are not made yet by their uids. */
  private keyOf(uid: string): string {
    return rowOf(this.model, this.source.departments.get(uid))?.id ?? `new ${uid}`;
  }
}
