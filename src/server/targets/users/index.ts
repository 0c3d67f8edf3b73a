import type { SyncTarget, TargetChunk } from '../../pipeline/contracts';
import { FieldCatalogue } from '../shared/field-catalogue';
import { applyUsers, type UserWriter } from './apply';
import { planUsers, USERS } from './plan';
import { snapshotUsers } from './snapshot';
import type { UserPlan } from './types';

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
export class UsersTarget implements SyncTarget<UserPlan> {
  readonly name = USERS;
  readonly accepts = ['user'] as const;

  constructor(private readonly writer: UserWriter) {}

  isActive(): boolean {
    return this.writer.db.hasCollection(USERS);
  }

  async plan(chunk: TargetChunk): Promise<UserPlan> {
    const { db, links } = this.writer;
    const catalogue = new FieldCatalogue(db.getCollection(USERS), NEVER_WRITTEN);
    return planUsers(chunk, await snapshotUsers(db, links, chunk, catalogue), catalogue);
  }

  async apply(plan: UserPlan): Promise<void> {
    await applyUsers(plan, this.writer);
  }
}
