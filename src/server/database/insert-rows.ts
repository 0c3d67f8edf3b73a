import { QueryTypes, type Model, type ModelStatic, type Sequelize, type Transaction } from 'sequelize';
import type { PrimaryKey } from '../model/primary-key';
import { inSlices } from './slices';
import { SqlWriter } from './sql-writer';

/** So many rows share a statement: enough to make the round trip cheap, few enough for every database's limits. */
const ROWS_PER_STATEMENT = 500;

/**
 * Inserts rows with one statement for each 500 of them. No model hooks run and no instances are made, which is what
 * takes most of the time in `bulkCreate`; `createdAt` and `updatedAt` are set where the model has them. Every row has to
 * have the same attributes.
 */
export async function insertRows(
  model: ModelStatic<Model>,
  rows: readonly Readonly<Record<string, unknown>>[],
  transaction?: Transaction,
): Promise<void> {
  for (const slice of inSlices(rows, ROWS_PER_STATEMENT)) {
    await connectionOf(model).query(insertStatement(model, slice), { type: QueryTypes.INSERT, raw: true, transaction });
  }
}

/**
 * Like `insertRows`, for models whose primary key the database counts up, and gives back the keys in the order of the
 * rows. Every database gives the rows of one statement increasing keys; PostgreSQL tells them, SQLite tells the last of
 * consecutive ones, MySQL and MariaDB the first.
 */
export async function insertRowsForKeys(
  model: ModelStatic<Model>,
  rows: readonly Readonly<Record<string, unknown>>[],
  transaction: Transaction,
): Promise<PrimaryKey[]> {
  const connection = connectionOf(model);
  const dialect = connection.getDialect();
  const keys: PrimaryKey[] = [];
  for (const slice of inSlices(rows, ROWS_PER_STATEMENT)) {
    const statement = insertStatement(model, slice);
    if (dialect === 'postgres') {
      const key = new SqlWriter(model).column(model.primaryKeyAttribute);
      const returning = `${statement} RETURNING ${key} AS pk`;
      const returned = await connection.query<{ pk: PrimaryKey }>(returning, { type: QueryTypes.SELECT, transaction });
      for (const { pk } of returned.sort((a, b) => Number(a.pk) - Number(b.pk))) keys.push(pk);
    } else {
      const [told] = await connection.query(statement, { type: QueryTypes.INSERT, transaction });
      const first = dialect === 'sqlite' ? told - slice.length + 1 : told;
      for (const index of slice.keys()) keys.push(first + index);
    }
  }
  return keys;
}

function insertStatement(model: ModelStatic<Model>, rows: readonly Readonly<Record<string, unknown>>[]): string {
  const sql = new SqlWriter(model);
  const now = new Date();
  const timestamps = ['createdAt', 'updatedAt'].filter((name) => sql.has(name));
  const names = [...Object.keys(rows[0]), ...timestamps];
  const times: Record<string, unknown> = Object.fromEntries(timestamps.map((name) => [name, now]));
  const values = rows.map((row) => `(${names.map((name) => sql.literal(name, row[name] ?? times[name])).join(', ')})`);
  return `INSERT INTO ${sql.table} (${names.map((name) => sql.column(name)).join(', ')}) VALUES ${values.join(', ')}`;
}

function connectionOf(model: ModelStatic<Model>): Sequelize {
  if (!model.sequelize) throw new Error(`Model ${model.name} has no connection`);
  return model.sequelize;
}
