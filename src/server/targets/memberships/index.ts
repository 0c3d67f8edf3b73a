import { inBreaths } from '../../pacing';
import type { UserRecord } from '../../model/records';
import type { Applied, Commit, SyncTarget, TargetChunk } from '../../pipeline/contracts';
import { hasDepartments, type DepartmentWriter } from '../shared/department-writer';
import { DEPARTMENTS } from '../shared/resources';
import { applyMemberships } from './apply';
import { planMemberships } from './plan';
import { snapshotMemberships } from './snapshot';
import type { MembershipPlan } from './types';

/**
 * Writes in which departments users are. A membership is a link of the user's record to the department, so it shares the
 * resource of departments; it is counted apart from them, because "62 updated" would be read as departments.
 */
export class MembershipsTarget implements SyncTarget<MembershipPlan, UserRecord> {
  readonly name = 'memberships';
  readonly linkResource = DEPARTMENTS;
  readonly accepts = ['user'] as const;
  readonly owns = [];
  readonly dependsOn = ['users'];
  readonly awaits = true;

  constructor(private readonly writer: DepartmentWriter) {}

  isActive(): boolean {
    return hasDepartments(this.writer.db);
  }

  async plan(chunk: TargetChunk<UserRecord>): Promise<MembershipPlan> {
    return inBreaths(planMemberships(chunk, await snapshotMemberships(this.writer, chunk)));
  }

  apply(plan: MembershipPlan, commit: Commit): Promise<Applied | void> {
    return applyMemberships(plan, this.writer, commit);
  }
}
