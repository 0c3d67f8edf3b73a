import type { Database } from '@nocobase/database';
import type { Transaction } from 'sequelize';
import { loadInSlices } from '../../database/slices';
import { updateRows } from '../../database/update-rows';
import type { PrimaryKey } from '../../model/primary-key';

/**
 * Gives users whose main department is none of their departments another one, as the host does: the first of their
 * departments by id, or none.
 */
export async function keepMainDepartments(
  db: Database,
  userIds: readonly PrimaryKey[],
  transaction: Transaction,
): Promise<void> {
  if (userIds.length === 0) return;
  const users = await loadInSlices<PrimaryKey, { id: PrimaryKey; mainDepartmentId: PrimaryKey | null }>(userIds, (id) =>
    db.getModel('users').findAll({ attributes: ['id', 'mainDepartmentId'], where: { id }, raw: true, transaction }),
  );
  const memberships = await loadInSlices<PrimaryKey, { userId: PrimaryKey; departmentId: PrimaryKey }>(
    userIds,
    (userId) =>
      db
        .getModel('departmentsUsers')
        .findAll({ attributes: ['userId', 'departmentId'], where: { userId }, raw: true, transaction }),
  );
  const departments = new Map<string, PrimaryKey[]>();
  for (const { userId, departmentId } of memberships) {
    departments.set(String(userId), [...(departments.get(String(userId)) ?? []), departmentId]);
  }
  const updates = users.flatMap(({ id, mainDepartmentId }) => {
    const next = mainDepartmentOf(mainDepartmentId, departments.get(String(id)) ?? []);
    return String(next) === String(mainDepartmentId) ? [] : [{ id, values: { mainDepartmentId: next } }];
  });
  await updateRows(db.getModel('users'), updates, transaction);
}

/** The host's rule: keep the main department while the user is in it, else the one with the lowest id, else none. */
export function mainDepartmentOf(current: PrimaryKey | null, departmentIds: readonly PrimaryKey[]): PrimaryKey | null {
  if (current !== null && departmentIds.some((id) => String(id) === String(current))) return current;
  if (departmentIds.length === 0) return null;
  return departmentIds.reduce((lowest, id) => (BigInt(id) < BigInt(lowest) ? id : lowest));
}
