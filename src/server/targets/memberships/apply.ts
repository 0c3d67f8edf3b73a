import type { Database } from '@nocobase/database';
import { Op, type Transaction } from 'sequelize';
import { insertRows } from '../../database/insert-rows';
import { inSlices } from '../../database/slices';
import { updateRows } from '../../database/update-rows';
import { prepareUpdates } from '../../host/announced-updates';
import { forgetDepartmentsOf } from '../../host/caches';
import type { Applied, Commit } from '../../pipeline/contracts';
import { DEPARTMENTS } from '../shared/resources';
import type { DepartmentWriter } from '../shared/department-writer';
import { requireSameMemberships } from './basis';
import type { MembershipPlan, MembershipRow } from './types';

/** A condition for each department, so many users in each: stays below the depth that SQLite allows an expression. */
const USERS_PER_STATEMENT = 500;

/** Writes a plan in one transaction: memberships, owners, main departments, links, and what is waited for. */
export async function applyMemberships(
  plan: MembershipPlan,
  writer: DepartmentWriter,
  commit: Commit,
): Promise<Applied | void> {
  const { db, links, pending, cache, events } = writer;
  const pendingChanges = await pending.changesTo(plan.awaited);
  const { added, ownerChanges, removed, newLinks, obsoleteLinkIds } = plan;
  const mains = [...plan.mainDepartments].map(([id, mainDepartmentId]) => ({ id, values: { mainDepartmentId } }));
  const writes = [
    added,
    ownerChanges,
    removed,
    mains,
    newLinks,
    obsoleteLinkIds,
    pendingChanges.added,
    pendingChanges.removedIds,
  ];
  if (writes.every((items) => items.length === 0)) return;

  const updated = await prepareUpdates(db, events, 'users', mains);
  await commit(async (transaction) => {
    await requireSameMemberships(plan, writer, transaction);
    await removeMemberships(db, removed, transaction);
    await setOwners(db, ownerChanges, transaction);
    // `isMain` is what `users.mainDepartmentId` has replaced; the host still fills it in.
    const rows = added.map((row) => ({ ...row, isMain: false }));
    await insertRows(db.getModel('departmentsUsers'), rows, transaction);
    await updateRows(db.getModel('users'), mains, transaction);
    await links.remove(obsoleteLinkIds, transaction);
    await links.add(
      newLinks.map(({ tracked, departmentId, adopted }) => ({
        recordId: tracked.id,
        resource: DEPARTMENTS,
        resourcePk: departmentId,
        adopted,
      })),
      transaction,
    );
    await pending.write(plan.sourceName, pendingChanges, transaction);
    return plan.outcomes;
  });
  await forgetDepartmentsOf(
    cache,
    [...added, ...ownerChanges, ...removed].map((row) => row.userId).concat(mains.map(({ id }) => id)),
  );
  return { announce: () => updated.send() };
}

async function removeMemberships(
  db: Database,
  rows: readonly MembershipRow[],
  transaction: Transaction,
): Promise<void> {
  for (const where of conditions(rows)) {
    await db.getModel('departmentsUsers').destroy({ where, transaction, hooks: false });
  }
}

async function setOwners(db: Database, rows: readonly MembershipRow[], transaction: Transaction): Promise<void> {
  for (const isOwner of [true, false]) {
    for (const where of conditions(rows.filter((row) => row.isOwner === isOwner))) {
      await db.getModel('departmentsUsers').update({ isOwner }, { where, transaction, hooks: false });
    }
  }
}

/** Conditions that together mean these rows and no others. */
function* conditions(rows: readonly MembershipRow[]): Generator<Record<symbol, unknown>> {
  for (const slice of inSlices(rows, USERS_PER_STATEMENT)) {
    const usersByDepartment = new Map<string, string[]>();
    for (const { departmentId, userId } of slice) {
      usersByDepartment.set(departmentId, [...(usersByDepartment.get(departmentId) ?? []), userId]);
    }
    yield { [Op.or]: [...usersByDepartment].map(([departmentId, userId]) => ({ departmentId, userId })) };
  }
}
