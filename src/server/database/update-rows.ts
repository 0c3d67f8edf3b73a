import type { Model, ModelStatic, Transaction } from 'sequelize';
import type { PrimaryKey } from '../model/primary-key';
import { inSlices } from './slices';
import { SqlWriter } from './sql-writer';

/** A row by its primary key and the attributes that change. */
export interface RowUpdate {
  readonly id: PrimaryKey;
  readonly values: Readonly<Record<string, unknown>>;
}

/** So many rows share a statement: enough to make the round trip cheap, few enough for every database's limits. */
const ROWS_PER_STATEMENT = 500;

/**
 * Sets different values in many rows with one statement for each 500 of them:
 * `UPDATE t SET a = CASE id WHEN 1 THEN … ELSE a END … WHERE id IN (…)`. An attribute that is absent from a row's
 * values stays as it is. This form works on every dialect, also where an upsert reacts to any unique key. No model
 * hooks run; `updatedAt` is set where the model has it.
 */
export async function updateRows(
  model: ModelStatic<Model>,
  rows: readonly RowUpdate[],
  transaction: Transaction,
): Promise<void> {
  const key = model.primaryKeyAttribute;
  for (const slice of inSlices(rows, ROWS_PER_STATEMENT)) {
    const sql = new SqlWriter(model);
    const names = new Set(slice.flatMap((row) => Object.keys(row.values)));
    if (names.size === 0) continue;
    const assignments = [...names].map((name) => {
      const cases = slice
        .filter((row) => name in row.values)
        .map((row) => `WHEN ${sql.literal(key, row.id)} THEN ${sql.literal(name, row.values[name])}`);
      return `${sql.column(name)} = CASE ${sql.column(key)} ${cases.join(' ')} ELSE ${sql.column(name)} END`;
    });
    if (sql.has('updatedAt')) assignments.push(`${sql.column('updatedAt')} = ${sql.literal('updatedAt', new Date())}`);
    const ids = slice.map((row) => sql.literal(key, row.id)).join(', ');
    await model.sequelize?.query(
      `UPDATE ${sql.table} SET ${assignments.join(', ')} WHERE ${sql.column(key)} IN (${ids})`,
      { transaction },
    );
  }
}
