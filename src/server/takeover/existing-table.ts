import { snakeCase, type Database } from '@nocobase/database';
import type { Transaction } from 'sequelize';
import { compareExactly } from '../database/exact-columns';

/**
 * A table that an earlier version of the plugin made. It is spoken to before collections and models are defined, so the
 * names of the table and its columns follow the database's options here: prefix, schema and underscores.
 */
export class ExistingTable {
  private constructor(
    private readonly db: Database,
    private readonly plainName: string,
    private readonly name: unknown,
  ) {}

  /** The table of a collection, or `undefined` when there is none. */
  static async find(db: Database, collection: string): Promise<ExistingTable | undefined> {
    const plain = db.getTablePrefix() + spelled(db, collection);
    const name: unknown = db.utils.addSchema(plain, db.utils.schema());
    const exists = await db.sequelize.getQueryInterface().tableExists(name as string);
    return exists ? new ExistingTable(db, plain, name) : undefined;
  }

  /** The quoted name of the table, for SQL. */
  get sql(): string {
    return this.db.utils.quoteTable(this.name) as string;
  }

  /** The quoted name of a column, for SQL. */
  column(field: string): string {
    return this.db.sequelize.getQueryInterface().quoteIdentifier(spelled(this.db, field));
  }

  /** Makes the columns of some fields tell all texts apart, as far as they are there. */
  async compareExactly(fields: readonly string[]): Promise<void> {
    const columns = fields.map((field) => spelled(this.db, field));
    await compareExactly(this.db.sequelize, this.plainName, columns);
  }

  /** Adds rows, given by the names of fields. */
  async insert(rows: readonly Readonly<Record<string, unknown>>[], transaction: Transaction): Promise<void> {
    const values = rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([field, value]) => [spelled(this.db, field), value])),
    );
    await this.db.sequelize.getQueryInterface().bulkInsert(this.name as string, values, { transaction });
  }
}

function spelled(db: Database, name: string): string {
  return db.options.underscored ? (snakeCase(name) as string) : name;
}
