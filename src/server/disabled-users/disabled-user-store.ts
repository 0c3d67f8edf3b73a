import type { Database } from '@nocobase/database';
import type { Transaction } from 'sequelize';
import { insertRows } from '../database/insert-rows';
import { inSlices } from '../database/slices';
import type { PrimaryKey } from '../pipeline/contracts';

/** Who disabled a user: a run of a source, which enables again who comes back, or a person, who alone enables again. */
export type DisableCause = 'sync' | 'hand';

/** What is kept about why users were disabled. */
export type DisabledBy =
  | { readonly cause: 'sync'; readonly sourceName: string; readonly taskId?: PrimaryKey }
  | { readonly cause: 'hand'; readonly userId?: PrimaryKey };

const IDS_PER_STATEMENT = 1000;

/**
 * Disables and enables users, many at a time: the flag `users.isDisabled`, which every request looks at, and the row of
 * `userDataSyncDisabledUsers` that says who did it. Whoever writes drops the users from the host's caches afterwards.
 */
export class DisabledUserStore {
  constructor(private readonly db: Database) {}

  /** Of these users, those who are disabled, and by whom. Ids are text. */
  async causes(userIds: readonly PrimaryKey[]): Promise<Map<string, DisableCause>> {
    const causes = new Map<string, DisableCause>();
    for (const slice of inSlices(userIds, IDS_PER_STATEMENT)) {
      const rows = (await this.model.findAll({
        attributes: ['userId', 'cause'],
        where: { userId: [...slice] },
        raw: true,
      })) as unknown as { userId: PrimaryKey; cause: DisableCause }[];
      for (const { userId, cause } of rows) causes.set(String(userId), cause);
    }
    return causes;
  }

  /** Disables users who are enabled. */
  async disable(userIds: readonly PrimaryKey[], by: DisabledBy, transaction: Transaction): Promise<void> {
    if (userIds.length === 0) return;
    await this.setFlag(userIds, true, transaction);
    await this.insert(userIds, by, transaction);
  }

  /** Disables a user by hand, who may be disabled already: from now on no run enables this user again. */
  async disableByHand(userId: PrimaryKey, byUserId: PrimaryKey | undefined, transaction: Transaction): Promise<void> {
    // The flag comes first: its row is what two at the same time wait for.
    await this.setFlag([userId], true, transaction);
    await this.model.destroy({ where: { userId }, transaction, hooks: false });
    await this.insert([userId], { cause: 'hand', userId: byUserId }, transaction);
  }

  /** Enables users, whoever disabled them. */
  async enable(userIds: readonly PrimaryKey[], transaction: Transaction): Promise<void> {
    if (userIds.length === 0) return;
    await this.setFlag(userIds, false, transaction);
    for (const slice of inSlices(userIds, IDS_PER_STATEMENT))
      await this.model.destroy({ where: { userId: [...slice] }, transaction, hooks: false });
  }

  /** How many users may sign in. */
  async countEnabled(): Promise<number> {
    const users = this.db.getModel('users');
    return (await users.count()) - (await users.count({ where: { isDisabled: true } }));
  }

  /** Whether a user is disabled; `undefined` without such a user. */
  async isDisabled(userId: PrimaryKey, transaction?: Transaction): Promise<boolean | undefined> {
    const row = (await this.db.getModel('users').findOne({
      attributes: ['isDisabled'],
      where: { id: userId },
      raw: true,
      transaction,
    })) as { isDisabled?: unknown } | null;
    return row === null ? undefined : Boolean(row.isDisabled);
  }

  private async insert(userIds: readonly PrimaryKey[], by: DisabledBy, transaction: Transaction): Promise<void> {
    const disabledAt = new Date();
    const rows = userIds.map((userId) => ({
      userId,
      disabledAt,
      cause: by.cause,
      sourceName: by.cause === 'sync' ? by.sourceName : null,
      taskId: by.cause === 'sync' ? (by.taskId ?? null) : null,
      disabledById: by.cause === 'hand' ? (by.userId ?? null) : null,
    }));
    await insertRows(this.model, rows, transaction);
  }

  private async setFlag(userIds: readonly PrimaryKey[], isDisabled: boolean, transaction: Transaction): Promise<void> {
    for (const slice of inSlices(userIds, IDS_PER_STATEMENT))
      await this.db.getModel('users').update({ isDisabled }, { where: { id: [...slice] }, transaction, hooks: false });
  }

  private get model() {
    return this.db.getModel('userDataSyncDisabledUsers');
  }
}
