import { QueryTypes, type Sequelize } from 'sequelize';

/**
 * Collations that tell all texts apart, best first: MariaDB has the first, MySQL 8 the second. The last one, for older
 * servers, takes texts for equal that differ only in space at their end.
 */
const EXACT_COLLATIONS = ['utf8mb4_nopad_bin', 'utf8mb4_0900_bin', 'utf8mb4_bin'];

interface TextColumn {
  readonly name: string;
  readonly type: string;
  readonly nullable: string;
  readonly collation: string | null;
  readonly comment: string;
}

/**
 * Makes columns of a table tell all texts apart. On MySQL and MariaDB they follow the collation of the database, which
 * takes `A1` and `a1`, or `ß` and `ss`, for the same; all other databases compare exactly by themselves. Columns that
 * are missing or do so already are left alone.
 */
export async function compareExactly(sequelize: Sequelize, table: string, columns: readonly string[]): Promise<void> {
  if (!['mysql', 'mariadb'].includes(sequelize.getDialect())) return;
  const collation = await exactCollation(sequelize);
  const found = await sequelize.query<TextColumn>(
    `SELECT COLUMN_NAME AS name, COLUMN_TYPE AS type, IS_NULLABLE AS nullable, COLLATION_NAME AS collation,
            COLUMN_COMMENT AS comment
     FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = :table AND COLUMN_NAME IN (:columns)`,
    { type: QueryTypes.SELECT, replacements: { table, columns: [...columns] } },
  );
  const inexact = found.filter((column) => column.collation !== null && column.collation !== collation);
  if (inexact.length === 0) return;
  const quote = (name: string) => sequelize.getQueryInterface().quoteIdentifier(name);
  const changes = inexact.map(
    ({ name, type, nullable, comment }) =>
      `MODIFY ${quote(name)} ${type} CHARACTER SET utf8mb4 COLLATE ${collation} ` +
      `${nullable === 'YES' ? 'NULL' : 'NOT NULL'} COMMENT ${sequelize.escape(comment)}`,
  );
  await sequelize.query(`ALTER TABLE ${quote(table)} ${changes.join(', ')}`);
}

async function exactCollation(sequelize: Sequelize): Promise<string> {
  const rows = await sequelize.query<{ name: string }>(
    'SELECT COLLATION_NAME AS name FROM information_schema.COLLATIONS WHERE COLLATION_NAME IN (:names)',
    { type: QueryTypes.SELECT, replacements: { names: EXACT_COLLATIONS } },
  );
  const known = new Set(rows.map(({ name }) => name));
  return EXACT_COLLATIONS.find((name) => known.has(name)) ?? 'utf8mb4_bin';
}
