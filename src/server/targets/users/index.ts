import type { LinksByUid } from '../../model/link';
import { inBreaths } from '../../pacing';
import type { UserRecord } from '../../model/records';
import type { Applied, Commit, SyncTarget, TargetChunk } from '../../pipeline/contracts';
import type { Preview } from '../../pipeline/preview-state';
import { knownMatchKey } from '../../records/match-key';
import { FieldCatalogue } from '../shared/field-catalogue';
import { applyUsers, type UserWriter } from './apply';
import { noteUsers } from './foresee';
import { planUsers } from './plan';
import { snapshotUsers } from './snapshot';
import type { UserPlan } from './types';
import { USERS } from './user-rows';

/** Fields of users that belong to the person or to the host's sign-in, never to a source. */
const NEVER_WRITTEN = [
  'password',
  'roles',
  'systemSettings',
  'resetToken',
  'passwordChangeTz',
  'appLang',
  'isDisabled',
];

/** Writes users: finds, creates, changes, links and deletes them. */
export class UsersTarget implements SyncTarget<UserPlan, UserRecord> {
  readonly name = USERS;
  readonly accepts = ['user'] as const;

  constructor(private readonly writer: UserWriter) {}

  isActive(): boolean {
    return this.writer.db.hasCollection(USERS);
  }

  async plan(delivered: TargetChunk<UserRecord>): Promise<UserPlan> {
    const chunk = { ...delivered, matchKey: knownMatchKey(delivered.matchKey) };
    const catalogue = this.catalogue();
    return inBreaths(planUsers(chunk, await snapshotUsers(this.writer, chunk, catalogue), catalogue));
  }

  async apply(plan: UserPlan, commit: Commit): Promise<Applied | void> {
    return applyUsers(plan, this.writer, commit);
  }

  simulate(plan: UserPlan, preview: Preview): Promise<LinksByUid> {
    return noteUsers(plan, preview, this.catalogue().uniqueFields, this.writer.links);
  }

  private catalogue(): FieldCatalogue {
    return new FieldCatalogue(this.writer.db.getCollection(USERS), NEVER_WRITTEN);
  }
}
