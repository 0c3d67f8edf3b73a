import type { Database, Model } from '@nocobase/database';
import { Op, type WhereOptions } from 'sequelize';
import { inTransaction } from '../database/transaction';
import type { PrimaryKey } from '../model/primary-key';

/** So many rows are read or deleted with one statement. */
const ROWS_PER_SLICE = 500;

/** A table that is too large to be looked at in one go. Once `signal` is aborted it reads and deletes nothing more. */
export class SlicedTable {
  constructor(
    private readonly db: Database,
    private readonly collection: string,
    private readonly signal?: AbortSignal,
  ) {}

  /** The highest primary key so far; 0 without rows. */
  async lastKey(): Promise<PrimaryKey> {
    return (await this.model.max<PrimaryKey | null, Model>('id')) ?? 0;
  }

  /** The different values of a key in some rows, slice by slice in their order. */
  async *keys(where: WhereOptions, key = 'id'): AsyncGenerator<PrimaryKey[]> {
    for (let last: PrimaryKey = 0; !this.signal?.aborted;) {
      const after = { [Op.and]: [where, { [key]: { [Op.gt]: last } }] };
      const keys = await this.values(key, after, { group: [key], order: [key], limit: ROWS_PER_SLICE });
      if (keys.length > 0) yield keys;
      if (keys.length < ROWS_PER_SLICE) return;
      last = keys[keys.length - 1];
    }
  }

  async values(key: string, where: WhereOptions, options: object = {}): Promise<PrimaryKey[]> {
    const rows = await this.model.findAll({ attributes: [key], where, raw: true, ...options });
    return (rows as unknown as Record<string, PrimaryKey>[]).map((row) => row[key]);
  }

  /** Deletes rows, each slice in a transaction of its own, and gives back how many there were. */
  async delete(where: WhereOptions): Promise<number> {
    let deleted = 0;
    while (!this.signal?.aborted) {
      const ids = await this.values('id', where, { limit: ROWS_PER_SLICE });
      // What has changed since it was read stays.
      const theseOf = { [Op.and]: [where, { id: ids }] };
      if (ids.length > 0)
        deleted += await inTransaction(this.db, (transaction) =>
          this.model.destroy({ where: theseOf, transaction, hooks: false }),
        );
      if (ids.length < ROWS_PER_SLICE) break;
    }
    return deleted;
  }

  private get model() {
    return this.db.getModel(this.collection);
  }
}
