import type { Model, ModelStatic, Transaction } from 'sequelize';
import type { PrimaryKey } from '../model/primary-key';
import { loadInSlices } from './slices';

/**
 * Locks rows until the transaction ends, always in the same order, so that two transactions that lock some of the same
 * rows wait for each other instead of blocking each other; `SHARE` lets others share the lock, but not change the rows.
 * Gives back the ids of those that exist, as text. On SQLite the transaction has the whole file to itself already.
 */
export async function lockRows(
  model: ModelStatic<Model>,
  ids: Iterable<PrimaryKey>,
  transaction: Transaction,
  strength: 'UPDATE' | 'SHARE' = 'UPDATE',
): Promise<Set<string>> {
  const ordered = [...new Set([...ids].map(String))].sort(byNumber);
  const lock = transaction.LOCK[strength];
  const rows = await loadInSlices<string, { id: PrimaryKey }>(ordered, (id) =>
    model.findAll({ attributes: ['id'], where: { id }, order: ['id'], raw: true, transaction, lock }),
  );
  return new Set(rows.map(({ id }) => String(id)));
}

/** Ids are whole numbers, some of which are too large for a number of JavaScript. */
const byNumber = (a: string, b: string) => a.length - b.length || (a < b ? -1 : 1);
