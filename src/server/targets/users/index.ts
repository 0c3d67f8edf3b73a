import type { SyncTarget, TargetChunk } from '../../pipeline/contracts';
import { FUTURE_ROW, type Preview } from '../../pipeline/preview-state';
import { FieldCatalogue } from '../shared/field-catalogue';
import { applyUsers, keepLinks, type UserWriter } from './apply';
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
export class UsersTarget implements SyncTarget<UserPlan> {
  readonly name = USERS;
  readonly accepts = ['user'] as const;

  constructor(private readonly writer: UserWriter) {}

  isActive(): boolean {
    return this.writer.db.hasCollection(USERS);
  }

  async plan(chunk: TargetChunk): Promise<UserPlan> {
    const catalogue = new FieldCatalogue(this.writer.db.getCollection(USERS), NEVER_WRITTEN);
    return planUsers(chunk, await snapshotUsers(this.writer, chunk, catalogue), catalogue);
  }

  async apply(plan: UserPlan): Promise<void> {
    await applyUsers(plan, this.writer);
  }

  simulate(plan: UserPlan, preview: Preview): void {
    for (const { row } of plan.deletes) preview.deletedUsers.add(String(row.id));
    const future = [
      ...plan.creates.map(({ tracked }) => [tracked, FUTURE_ROW] as const),
      ...plan.updates.flatMap(({ tracked, row, newLink }) => (newLink ? [[tracked, String(row.id)] as const] : [])),
    ].map(([tracked, resourcePk]) => {
      tracked.links = tracked.links.filter(({ resource }) => resource !== USERS);
      return [tracked, { id: FUTURE_ROW, resource: USERS, resourcePk, adopted: false, inactive: false }] as const;
    });
    keepLinks(plan, new Map());
    for (const [tracked, link] of future) tracked.links = [...tracked.links, link];
  }
}
