import type { Database } from '@nocobase/database';
import type { Transaction } from 'sequelize';
import type { SyncSourceModel } from './source-model';

/**
 * Unlinks what a source imported whenever the source is deleted, in the transaction that deletes it: a server that
 * stops in between leaves neither a source without its records nor records without their source.
 */
export function unlinkOnDestroy(
  db: Database,
  unlink: (source: SyncSourceModel, transaction: Transaction) => Promise<void>,
): void {
  db.on(
    'userDataSyncSources.afterDestroy',
    async (source: SyncSourceModel, { transaction }: { transaction: Transaction }) => unlink(source, transaction),
  );
}
