import type { Database } from '@nocobase/database';
import { QueryTypes, type Transaction } from 'sequelize';
import { inSlices } from '../database/slices';
import { inTransaction } from '../database/transaction';
import type { PrimaryKey } from '../model/primary-key';
import { compareNamesExactly } from './exact-names';
import { ExistingTable } from './existing-table';

/** So many rows share a statement. */
const ROWS_PER_STATEMENT = 500;

/** A row that is deleted, and the row of the same key that stays. */
interface Duplicate {
  readonly id: PrimaryKey;
  readonly survivor: PrimaryKey;
}

/**
 * Makes origin records and links unique, so that their unique indexes can be made. Earlier versions looked before they
 * wrote but did not lock, so two pushes at a time could store the same record twice.
 *
 * Of several origin records of the same uid the one changed last stays, as it holds what the source said last; where
 * that is equal or unknown it is the one made last. The links of the others become its own. Of several equal links the
 * first stays. Links that lack a part of their key are not equal to anything, and stay. Before that, names are made to
 * compare exactly: `A1` and `a1` are two records.
 */
export async function mergeDuplicates(db: Database): Promise<void> {
  const records = await ExistingTable.find(db, 'userDataSyncRecords');
  const links = await ExistingTable.find(db, 'userDataSyncRecordsResources');
  if (!records || !links) return;
  await compareNamesExactly(db);
  await inTransaction(db, async (transaction) => {
    const duplicates = await findDuplicates(db, records, transaction, {
      key: ['sourceName', 'dataType', 'sourceUk'],
      order: newestFirst(records),
    });
    for (const slice of inSlices(duplicates, ROWS_PER_STATEMENT)) {
      await moveLinks(db, links, slice, transaction);
      await remove(db, records, slice, transaction);
    }
    const equalLinks = await findDuplicates(db, links, transaction, {
      key: ['recordId', 'resource', 'resourcePk'],
      order: links.column('id'),
    });
    for (const slice of inSlices(equalLinks, ROWS_PER_STATEMENT)) await remove(db, links, slice, transaction);
  });
}

/** Databases do not agree on where unknown times are sorted, so it is said here. */
function newestFirst(records: ExistingTable): string {
  const updatedAt = records.column('updatedAt');
  return `CASE WHEN ${updatedAt} IS NULL THEN 1 ELSE 0 END, ${updatedAt} DESC, ${records.column('id')} DESC`;
}

/** Rows that share a whole key with a row that comes before them in the order. */
async function findDuplicates(
  db: Database,
  table: ExistingTable,
  transaction: Transaction,
  { key, order }: { readonly key: readonly string[]; readonly order: string },
): Promise<Duplicate[]> {
  const id = table.column('id');
  const columns = key.map((field) => table.column(field));
  return db.sequelize.query<Duplicate>(
    `SELECT id, survivor FROM (
       SELECT ${id} AS id, FIRST_VALUE(${id}) OVER (PARTITION BY ${columns.join(', ')} ORDER BY ${order}) AS survivor
       FROM ${table.sql} WHERE ${columns.map((column) => `${column} IS NOT NULL`).join(' AND ')}
     ) ranked WHERE id <> survivor`,
    { type: QueryTypes.SELECT, transaction },
  );
}

async function moveLinks(
  db: Database,
  links: ExistingTable,
  duplicates: readonly Duplicate[],
  transaction: Transaction,
): Promise<void> {
  const recordId = links.column('recordId');
  const cases = duplicates.map(({ id, survivor }) => `WHEN ${literal(id)} THEN ${literal(survivor)}`);
  await db.sequelize.query(
    `UPDATE ${links.sql} SET ${recordId} = CASE ${recordId} ${cases.join(' ')} END
     WHERE ${recordId} IN (${idsOf(duplicates)})`,
    { transaction },
  );
}

async function remove(
  db: Database,
  table: ExistingTable,
  duplicates: readonly Duplicate[],
  transaction: Transaction,
): Promise<void> {
  await db.sequelize.query(`DELETE FROM ${table.sql} WHERE ${table.column('id')} IN (${idsOf(duplicates)})`, {
    transaction,
  });
}

const idsOf = (duplicates: readonly Duplicate[]) => duplicates.map(({ id }) => literal(id)).join(', ');

/** Primary keys here are whole numbers, which some drivers hand over as text. */
const literal = (id: PrimaryKey) => BigInt(id).toString();
