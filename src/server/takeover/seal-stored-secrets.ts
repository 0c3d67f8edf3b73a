import { isDeepStrictEqual } from 'node:util';
import type { Database } from '@nocobase/database';
import { fromJsonColumn } from '../database/json-column';
import { inTransaction } from '../database/transaction';
import { updateRows } from '../database/update-rows';
import type { PrimaryKey } from '../model/primary-key';
import type { Encryptor } from '../security/encryptor';
import { sealPlainSecrets, type IsSecret } from '../sources/option-secrets';

interface StoredSource {
  readonly id: PrimaryKey;
  readonly sourceType: string;
  readonly options: unknown;
}

/** Encrypts the secrets of sources that were stored as plain text. What a source gets as its options stays the same. */
export async function sealStoredSecrets(
  db: Database,
  secretsOf: (sourceType: string) => IsSecret,
  encryptor: Encryptor,
): Promise<void> {
  if (!(await db.getCollection('userDataSyncSources')?.existsInDb())) return;
  const model = db.getModel('userDataSyncSources');
  const attributes = ['id', 'sourceType', 'options'];
  const sources = (await model.findAll({ attributes, raw: true })) as unknown as StoredSource[];
  const updates: { id: PrimaryKey; values: Record<string, unknown> }[] = [];
  for (const { id, sourceType, options } of sources) {
    const stored = fromJsonColumn(options);
    const sealed = await sealPlainSecrets(stored, secretsOf(sourceType), encryptor);
    if (!isDeepStrictEqual(sealed, stored)) updates.push({ id, values: { options: sealed } });
  }
  if (updates.length > 0) await inTransaction(db, (transaction) => updateRows(model, updates, transaction));
}
