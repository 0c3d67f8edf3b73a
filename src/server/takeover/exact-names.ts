import type { Database } from '@nocobase/database';
import { ExistingTable } from './existing-table';

/** Columns that hold uids, names of sources or keys of rows: these compare exactly on every database. */
const EXACT_FIELDS: Readonly<Record<string, readonly string[]>> = {
  userDataSyncSources: ['name'],
  userDataSyncTasks: ['sourceName'],
  userDataSyncRecords: ['sourceName', 'sourceUk'],
  userDataSyncRecordsResources: ['resourcePk'],
  userDataSyncPendingLinks: ['sourceName', 'awaits'],
  userDataSyncOutcomes: ['uid'],
  userDataSyncDisabledUsers: ['sourceName'],
};

/** Makes names compare exactly in the tables that are there. */
export async function compareNamesExactly(db: Database): Promise<void> {
  for (const collection of Object.keys(EXACT_FIELDS)) await inTable(db, collection);
}

/** The same for each table as soon as it is made or changed, which is when the host synchronises the schema. */
export function keepNamesExact(db: Database): void {
  for (const collection of Object.keys(EXACT_FIELDS)) db.on(`${collection}.afterSync`, () => inTable(db, collection));
}

async function inTable(db: Database, collection: string): Promise<void> {
  if (!db.inDialect('mysql', 'mariadb')) return;
  const table = await ExistingTable.find(db, collection);
  await table?.compareExactly(EXACT_FIELDS[collection]);
}
