import type { Database } from '@nocobase/database';
import type { Transaction } from 'sequelize';
import type { SyncSourceModel } from './source-model';

/**
 * Lets go of what a source brought in whenever the source is deleted, by whomever, in the transaction that deletes it: a
 * server that stops in between leaves neither a source without its records nor records without their source.
 */
export function letGoOnDestroy(
  db: Database,
  letGo: (source: SyncSourceModel, transaction: Transaction) => Promise<void>,
): void {
  db.on(
    'userDataSyncSources.afterDestroy',
    async (source: SyncSourceModel, { transaction }: { transaction: Transaction }) => letGo(source, transaction),
  );
}
