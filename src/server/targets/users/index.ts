import type { AfterApply, SyncTarget, TargetChunk } from '../../pipeline/contracts';
import { FUTURE_ROW, type Preview } from '../../pipeline/preview-state';
import { Breather, inBreaths } from '../../pacing';
import { knownMatchKey } from '../../records/match-key';
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

  async plan(delivered: TargetChunk): Promise<UserPlan> {
    const chunk = { ...delivered, matchKey: knownMatchKey(delivered.matchKey) };
    const catalogue = new FieldCatalogue(this.writer.db.getCollection(USERS), NEVER_WRITTEN);
    return inBreaths(planUsers(chunk, await snapshotUsers(this.writer, chunk, catalogue), catalogue));
  }

  async apply(plan: UserPlan): Promise<AfterApply | void> {
    return applyUsers(plan, this.writer);
  }

  async simulate(plan: UserPlan, preview: Preview): Promise<void> {
    const breather = new Breather();
    for (const { row } of plan.deletes) preview.deletedUsers.add(String(row.id));
    const linked = [
      ...plan.creates.map(({ tracked }) => [tracked, FUTURE_ROW] as const),
      ...plan.updates.flatMap(({ tracked, row, newLink }) => (newLink ? [[tracked, String(row.id)] as const] : [])),
    ];
    for (const [tracked] of linked) {
      tracked.links = tracked.links.filter(({ resource }) => resource !== USERS);
      await breather.breathe();
    }
    await inBreaths(keepLinks(plan, new Map()));
    for (const [tracked, resourcePk] of linked) {
      const link = { id: FUTURE_ROW, resource: USERS, resourcePk, adopted: false, inactive: false };
      tracked.links = [...tracked.links, link];
      await breather.breathe();
    }
  }
}
