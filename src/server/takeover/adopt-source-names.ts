import type { Database } from '@nocobase/database';
import { QueryTypes } from 'sequelize';
import { API_SOURCE_TYPE } from '../../common/sources';
import { inTransaction } from '../database/transaction';
import { ExistingTable } from './existing-table';

/**
 * Makes a source of type `api` for each name that records came under and that no source has. With the official plugin a
 * push could name anything; here every name is a source, and a name that has records but no source is refused.
 *
 * This is done once, while the database has only the official plugin's tables: later on, records without a source are
 * those of a source that an administrator deleted.
 */
export async function adoptSourceNames(db: Database): Promise<void> {
  const records = await ExistingTable.find(db, 'userDataSyncRecords');
  const sources = await ExistingTable.find(db, 'userDataSyncSources');
  if (!records || !sources || (await ExistingTable.find(db, 'userDataSyncOutcomes'))) return;
  await inTransaction(db, async (transaction) => {
    const select = <T extends object>(sql: string) =>
      db.sequelize.query<T>(sql, { type: QueryTypes.SELECT, transaction });
    const [sourceName, name] = [records.column('sourceName'), sources.column('name')];
    const names = await select<{ name: string }>(
      `SELECT DISTINCT ${sourceName} AS name FROM ${records.sql} WHERE NOT EXISTS (
         SELECT 1 FROM ${sources.sql} WHERE ${sources.sql}.${name} = ${records.sql}.${sourceName}
       ) ORDER BY 1`,
    );
    if (names.length === 0) return;
    const [{ last }] = await select<{ last: number | string | null }>(
      `SELECT MAX(${sources.column('sort')}) AS last FROM ${sources.sql}`,
    );
    const now = new Date();
    const rows = names.map((row, index) => ({
      name: row.name,
      sourceType: API_SOURCE_TYPE,
      enabled: true,
      options: '{}',
      sort: Number(last ?? 0) + index + 1,
      createdAt: now,
      updatedAt: now,
    }));
    await sources.insert(rows, transaction);
  });
}
