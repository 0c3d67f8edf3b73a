import type { Model, ModelStatic, Transaction } from 'sequelize';
import type { PrimaryKey } from '../pipeline/contracts';
import { inSlices } from './slices';

/** A row by its primary key and the attributes that change. */
export interface RowUpdate {
  readonly id: PrimaryKey;
  readonly values: Readonly<Record<string, unknown>>;
}

/** So many rows share a statement: enough to make the round trip cheap, few enough for every database's limits. */
const ROWS_PER_STATEMENT = 500;

/** The part of Sequelize's query generator that is needed here; it knows how each dialect writes names and values. */
interface SqlWriter {
  quoteTable(table: unknown): string;
  quoteIdentifier(name: string): string;
  escape(value: unknown, attribute: unknown): string;
}

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
  const sequelize = model.sequelize;
  if (!sequelize) throw new Error(`Model ${model.name} has no connection`);
  const sql = sequelize.getQueryInterface().queryGenerator as SqlWriter;
  const attributes = model.getAttributes();
  const column = (name: string) => sql.quoteIdentifier(attributes[name].field ?? name);
  const literal = (name: string, value: unknown) => sql.escape(value, attributes[name]);
  const idColumn = column(model.primaryKeyAttribute);
  for (const slice of inSlices(rows, ROWS_PER_STATEMENT)) {
    const names = new Set(slice.flatMap((row) => Object.keys(row.values)));
    if (names.size === 0) continue;
    const assignments = [...names].map((name) => {
      const cases = slice
        .filter((row) => name in row.values)
        .map((row) => `WHEN ${literal(model.primaryKeyAttribute, row.id)} THEN ${literal(name, row.values[name])}`);
      return `${column(name)} = CASE ${idColumn} ${cases.join(' ')} ELSE ${column(name)} END`;
    });
    if (attributes.updatedAt) assignments.push(`${column('updatedAt')} = ${literal('updatedAt', new Date())}`);
    const ids = slice.map((row) => literal(model.primaryKeyAttribute, row.id)).join(', ');
    await sequelize.query(
      `UPDATE ${sql.quoteTable(model.getTableName())} SET ${assignments.join(', ')} WHERE ${idColumn} IN (${ids})`,
      { transaction },
    );
  }
}
