import type { Database } from '@nocobase/database';
import { literal, Op, type WhereOptions } from 'sequelize';
import { SqlWriter } from '../database/sql-writer';

export const DISABLED_USERS = 'userDataSyncDisabledUsers';
/** The field of users that lists show. */
export const FLAG = 'isDisabled';

/**
 * The column `users.isDisabled`, which shows who is disabled and decides nothing. The host reads all columns of users
 * at once, so without this one it could load no user: code that finds it missing adds it again.
 */
export class FlagColumn {
  private restoring?: Promise<boolean>;

  constructor(private readonly db: Database) {}

  /** Whether an error may come from the missing column. */
  isNamedBy(error: unknown): boolean {
    return error instanceof Error && this.column !== undefined && error.message.includes(this.column);
  }

  /** Puts the column back if it is missing, with what it showed; says whether it was missing. */
  async ensure(): Promise<boolean> {
    if (await this.isThere()) return false;
    this.restoring ??= this.restore().finally(() => (this.restoring = undefined));
    return this.restoring;
  }

  /** Makes the flags say what the table says, after somebody changed them with SQL; gives back how many were wrong. */
  async correct(): Promise<number> {
    if (this.column === undefined) return 0;
    const table = new SqlWriter(this.db.getModel(DISABLED_USERS));
    const userId = table.column('userId');
    const disabledIds = literal(`(SELECT ${userId} FROM ${table.table} WHERE ${userId} IS NOT NULL)`);
    const missing = await this.set(true, { [FLAG]: { [Op.not]: true }, id: { [Op.in]: disabledIds } });
    const unfounded = await this.set(false, { [FLAG]: true, id: { [Op.notIn]: disabledIds } });
    return missing + unfounded;
  }

  private async set(value: boolean, where: WhereOptions): Promise<number> {
    const [count] = await this.users.model.update({ [FLAG]: value }, { where, hooks: false, silent: true });
    return count;
  }

  private async restore(): Promise<boolean> {
    try {
      await this.users.sync({ force: false, alter: { drop: false } });
    } catch (error) {
      // Another node may have been quicker.
      if (!(await this.isThere())) throw error;
    }
    await this.correct();
    return true;
  }

  private async isThere(): Promise<boolean> {
    if (this.column === undefined) return true;
    try {
      await this.users.model.findOne({ attributes: [FLAG], where: { id: null as never }, raw: true });
      return true;
    } catch (error) {
      if (!this.isNamedBy(error)) throw error;
      return false;
    }
  }

  /** Its name in the database; none while users do not have the field. */
  private get column(): string | undefined {
    if (!this.db.hasCollection('users')) return undefined;
    return this.users.model.rawAttributes[FLAG]?.field;
  }

  private get users() {
    return this.db.getCollection('users');
  }
}
