import type { PrimaryKey } from '../../model/primary-key';
import { inBreaths } from '../../pacing';
import type { DepartmentRecord } from '../../model/records';
import type { Applied, Commit, SyncTarget, TargetChunk } from '../../pipeline/contracts';
import type { Preview } from '../../pipeline/preview-state';
import { hasDepartments, type DepartmentWriter } from '../shared/department-writer';
import { FieldCatalogue } from '../shared/field-catalogue';
import { DEPARTMENTS } from '../shared/resources';
import { applyTree } from './apply';
import { planTree } from './plan';
import { snapshotTree } from './snapshot';
import type { TreePlan } from './types';

/** Fields of departments that say where they stand in the tree; a source says it with `parentUid`. */
const NEVER_WRITTEN = ['parentId', 'isLeaf', 'children', 'members', 'owners', 'roles'];
/** The place of a department among others, which HR systems know. */
const ALSO_WRITTEN = ['sort'];

/** Writes departments and the tree that they make. */
export class DepartmentsTarget implements SyncTarget<TreePlan, DepartmentRecord> {
  readonly name = DEPARTMENTS;
  readonly accepts = ['department'] as const;
  readonly awaits = true;

  constructor(private readonly writer: DepartmentWriter) {}

  isActive(): boolean {
    return hasDepartments(this.writer.db);
  }

  async plan(chunk: TargetChunk<DepartmentRecord>): Promise<TreePlan> {
    const { db, newId } = this.writer;
    const catalogue = new FieldCatalogue(db.getCollection(DEPARTMENTS), NEVER_WRITTEN, ALSO_WRITTEN);
    return inBreaths(planTree(chunk, await snapshotTree(this.writer, chunk, catalogue), catalogue, newId));
  }

  apply(plan: TreePlan, commit: Commit): Promise<Applied | void> {
    return applyTree(plan, this.writer, commit);
  }

  simulate({ creates, updates, deletedIds }: TreePlan, preview: Preview): void {
    const place = (id: PrimaryKey, values: Readonly<Record<string, unknown>>) => {
      const { parentId } = values as { parentId?: PrimaryKey | null };
      if (parentId !== undefined) preview.parents.set(String(id), parentId === null ? null : String(parentId));
    };
    for (const { tracked, id, values } of creates) {
      preview.madeDepartments.set(tracked.record.uid, { id, title: tracked.record.title });
      place(id, values);
    }
    for (const { id, values } of updates) place(id, values);
    for (const id of deletedIds) preview.deletedDepartments.add(String(id));
  }
}
