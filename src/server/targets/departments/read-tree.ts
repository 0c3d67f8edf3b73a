import type { Database } from '@nocobase/database';
import type { Transaction } from 'sequelize';
import { readInPages } from '../../database/read-pages';
import type { PrimaryKey } from '../../model/primary-key';
import { DEPARTMENTS } from '../shared/resources';
import type { TreeNode } from './tree';

/** The whole tree as the database has it, by id. */
export async function readTree(db: Database, transaction?: Transaction): Promise<Map<string, TreeNode>> {
  const query = { attributes: ['id', 'parentId', 'isLeaf'], transaction };
  const rows = await readInPages<{ id: PrimaryKey; parentId: PrimaryKey | null; isLeaf: unknown }>(
    db.getModel(DEPARTMENTS),
    query,
    'id',
  );
  return new Map(
    rows.map(({ id, parentId, isLeaf }) => [
      String(id),
      { parentId: parentId === null ? null : String(parentId), isLeaf: isLeaf === null ? null : Boolean(isLeaf) },
    ]),
  );
}
