import { type Model, type ModelStatic, literal } from 'sequelize';
import { SqlWriter } from './sql-writer';

type Condition = ReturnType<typeof literal>;

/** Makes the next character of a pattern mean itself, on every database. */
const ESCAPE = '!';

/**
 * Conditions of which one holds where a column contains a text, whatever the case. Databases differ in which letters
 * they know the other case of, so what is written as it stands in the column is found in any case.
 */
export function containing(model: ModelStatic<Model>, attribute: string, text: string): Condition[] {
  const sql = new SqlWriter(model);
  const column = `${sql.identifier(model.name)}.${sql.column(attribute)}`;
  const like = (what: string, wanted: string) => {
    const pattern = `%${wanted.replace(/[%_!]/g, `${ESCAPE}$&`)}%`;
    return literal(`${what} LIKE ${sql.literal(attribute, pattern)} ESCAPE '${ESCAPE}'`);
  };
  return [like(column, text), like(`LOWER(${column})`, text.toLowerCase())];
}
