import type { Database } from '@nocobase/database';
import { QueryTypes, type Transaction } from 'sequelize';
import type { DisableCause } from '../../common/outcomes';
import { insertRows } from '../database/insert-rows';
import { inSlices } from '../database/slices';
import { SqlWriter } from '../database/sql-writer';
import type { PrimaryKey } from '../model/primary-key';
import { DISABLED_USERS, FlagColumn } from './flag-column';

/** What is kept about why users were disabled. */
export type DisabledBy =
  | { readonly cause: 'sync'; readonly sourceName: string; readonly taskId?: PrimaryKey }
  | { readonly cause: 'hand'; readonly userId?: PrimaryKey };

const IDS_PER_STATEMENT = 1000;

/**
 * Disables and enables users, many at a time. A user is disabled when there is a row for the user in
 * `userDataSyncDisabledUsers`: every decision reads that row. The flag `users.isDisabled` is written with it, for lists
 * and filters to show. The caller drops the users from the host's caches afterwards.
 */
export class DisabledUserStore {
  readonly flag: FlagColumn;

  constructor(private readonly db: Database) {
    this.flag = new FlagColumn(db);
  }

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

  /** Disables a user by hand, also one that a run has disabled: from now on no run enables this user again. */
  async disableByHand(userId: PrimaryKey, byUserId: PrimaryKey | undefined, transaction: Transaction): Promise<void> {
    // The flag comes first: writing it locks the user's row, so that two requests for one user wait for each other.
    await this.setFlag([userId], true, transaction);
    await this.model.destroy({ where: { userId }, transaction, hooks: false });
    await this.insert([userId], { cause: 'hand', userId: byUserId }, transaction);
  }

  /** Enables users, disabled by a run or by a person. */
  async enable(userIds: readonly PrimaryKey[], transaction: Transaction): Promise<void> {
    if (userIds.length === 0) return;
    await this.setFlag(userIds, false, transaction);
    for (const slice of inSlices(userIds, IDS_PER_STATEMENT))
      await this.model.destroy({ where: { userId: [...slice] }, transaction, hooks: false });
  }

  /** How many users may sign in. */
  async countEnabled(transaction?: Transaction): Promise<number> {
    const users = await this.db.getModel('users').count({ transaction });
    // Rows of users that were deleted with SQL are left out.
    const existing = { association: 'user', attributes: [], required: true };
    return users - (await this.model.count({ include: [existing], transaction }));
  }

  /** Whether a user is disabled, as the database has it now. Each request asks this, so no model objects are made. */
  async isDisabled(userId: PrimaryKey, transaction?: Transaction): Promise<boolean> {
    const table = new SqlWriter(this.model);
    const condition = `${table.column('userId')} = ${table.literal('userId', userId)}`;
    const statement = `SELECT 1 FROM ${table.table} WHERE ${condition}`;
    const rows = await this.db.sequelize.query(statement, { type: QueryTypes.SELECT, raw: true, transaction });
    return rows.length > 0;
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
    return this.db.getModel(DISABLED_USERS);
  }
}
