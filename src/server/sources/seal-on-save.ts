import type { Database } from '@nocobase/database';
import type { SyncSourceManager } from './source-registry';
import type { Encryptor } from '../security/encryptor';
import { sealOptions } from './option-secrets';
import type { SyncSourceModel } from './source-model';

/** Encrypts the secrets among the options of a source whenever it is saved, by whomever. */
export function sealOnSave(db: Database, manager: SyncSourceManager, encryptor: () => Encryptor): void {
  db.on('userDataSyncSources.beforeSave', async (source: SyncSourceModel) => {
    if (!source.isNewRecord && !source.changed('options')) return;
    const previous: unknown = source.isNewRecord ? {} : source.previous('options');
    const isSecret = manager.secretsOf(source.sourceType);
    source.set('options', await sealOptions(source.get('options'), previous, isSecret, encryptor()));
  });
}
