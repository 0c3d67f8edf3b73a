import type { Database } from '@nocobase/database';
import { col, fn, type Transaction } from 'sequelize';
import { inSlices, loadInSlices } from '../database/slices';
import type { PrimaryKey } from '../model/primary-key';

/** Another collection's column that points to rows of a collection, and what happens to its rows when those are deleted. */
interface Reference {
  sourceCollectionName: string;
  sourceField: string;
  targetField: string;
  onDelete: string;
}

/** Tables whose hooks, if any, only refresh caches: the caller of a deletion refreshes them once for all rows. */
const JOIN_TABLES = new Set([
  'rolesUsers',
  'departmentsUsers',
  'departmentsRoles',
  'usersAuthenticators',
  'userDataSyncDisabledUsers',
]);

const IDS_PER_STATEMENT = 1000;

/** Rows that cannot be deleted because a reference forbids it (`RESTRICT`): id → what points to them. */
export async function findRestrictedRows(
  db: Database,
  collectionName: string,
  ids: readonly PrimaryKey[],
): Promise<Map<string, string>> {
  const dependents = new Map<string, string>();
  if (ids.length === 0) return dependents;
  for (const reference of referencesTo(db, collectionName).filter(({ onDelete }) => onDelete === 'RESTRICT')) {
    const field = reference.sourceField;
    const rows = await loadInSlices<PrimaryKey, Record<string, unknown>>(ids, (slice) =>
      db.getModel(reference.sourceCollectionName).findAll({
        attributes: [field, [fn('COUNT', col('*')), 'count']],
        where: { [field]: slice },
        group: [field],
        raw: true,
      }),
    );
    for (const row of rows)
      dependents.set(String(row[field]), `${String(row.count)} × ${reference.sourceCollectionName}`);
  }
  return dependents;
}

/**
 * Deletes rows of a collection with everything that the host deletes or detaches with them (there are no foreign keys
 * in the database). Rows of collections that administrators made are deleted through their repository, so that their
 * own hooks and references hold.
 */
export async function deleteWithReferences(
  db: Database,
  collectionName: string,
  ids: readonly PrimaryKey[],
  transaction: Transaction,
): Promise<void> {
  for (const slice of inSlices(ids, IDS_PER_STATEMENT)) {
    const list = [...slice];
    for (const { sourceCollectionName, sourceField, onDelete } of referencesTo(db, collectionName)) {
      if (sourceCollectionName === collectionName && onDelete === 'CASCADE') continue;
      const where = { [sourceField]: list };
      if (onDelete === 'SET NULL') {
        await db.getModel(sourceCollectionName).update({ [sourceField]: null }, { where, transaction, hooks: false });
      } else if (onDelete === 'CASCADE' && JOIN_TABLES.has(sourceCollectionName)) {
        await db.getModel(sourceCollectionName).destroy({ where, transaction, hooks: false });
      } else if (onDelete === 'CASCADE') {
        await db.getRepository(sourceCollectionName).destroy({ filter: { [sourceField]: { $in: list } }, transaction });
      }
    }
    const model = db.getModel(collectionName);
    await model.destroy({ where: { [model.primaryKeyAttribute]: list }, transaction, hooks: false });
  }
}

function referencesTo(db: Database, collectionName: string): Reference[] {
  const references = (db.referenceMap.getReferences(collectionName) ?? []) as Reference[];
  return references.filter(({ sourceCollectionName }) => !db.getCollection(sourceCollectionName)?.isView());
}
