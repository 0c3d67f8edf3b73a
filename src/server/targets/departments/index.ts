import type { AfterApply, SyncTarget, TargetChunk } from '../../pipeline/contracts';
import type { Preview } from '../../pipeline/preview-state';
import type { SyncDataType } from '../../records/types';
import { inBreaths } from '../../pacing';
import { FieldCatalogue } from '../shared/field-catalogue';
import { applyMemberships } from './memberships/apply';
import { planMemberships } from './memberships/plan';
import { snapshotMemberships } from './memberships/snapshot';
import type { MembershipPlan } from './memberships/types';
import { applyTree } from './tree/apply';
import { DEPARTMENTS } from './tree/links';
import { planTree } from './tree/plan';
import { snapshotTree } from './tree/snapshot';
import type { TreePlan } from './tree/types';
import type { DepartmentWriter } from './writer';

/** Fields of departments that say where they stand in the tree; a source says it with `parentUid`. */
const NEVER_WRITTEN = ['parentId', 'isLeaf', 'children', 'members', 'owners', 'roles'];
/** The place of a department among others, which HR systems know. */
const ALSO_WRITTEN = ['sort'];

/** Writes departments, and for users the departments that they are in. */
export class DepartmentsTarget implements SyncTarget<TreePlan | MembershipPlan> {
  readonly name = DEPARTMENTS;
  readonly accepts = ['user', 'department'] as const;
  readonly owns = ['department'] as const;
  readonly dependsOn = ['users'];

  constructor(private readonly writer: DepartmentWriter) {}

  /** Without the departments plugin there is nothing to write to. */
  isActive(): boolean {
    return this.writer.db.hasCollection(DEPARTMENTS) && this.writer.db.hasCollection('departmentsUsers');
  }

  /** Who is in which department is told apart from departments: `62 updated` would be read as those. */
  countsAs(dataType: SyncDataType): string {
    return dataType === 'user' ? 'memberships' : DEPARTMENTS;
  }

  async plan(chunk: TargetChunk): Promise<TreePlan | MembershipPlan> {
    const { db, newId } = this.writer;
    if (chunk.dataType === 'user')
      return inBreaths(planMemberships(chunk, await snapshotMemberships(this.writer, chunk)));
    const catalogue = new FieldCatalogue(db.getCollection(DEPARTMENTS), NEVER_WRITTEN, ALSO_WRITTEN);
    return inBreaths(planTree(chunk, await snapshotTree(this.writer, chunk, catalogue), catalogue, newId));
  }

  async apply(plan: TreePlan | MembershipPlan): Promise<AfterApply | void> {
    return plan.dataType === 'user' ? applyMemberships(plan, this.writer) : applyTree(plan, this.writer);
  }

  simulate(plan: TreePlan | MembershipPlan, preview: Preview): void {
    if (plan.dataType === 'user') return;
    for (const { tracked, id } of plan.creates)
      preview.madeDepartments.set(tracked.record.uid, { id, title: tracked.record.title });
    for (const id of plan.deletedIds) preview.deletedDepartments.add(String(id));
  }
}
