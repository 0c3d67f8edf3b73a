import type { Database, Model } from '@nocobase/database';
import type { Transaction } from 'sequelize';
import { insertRows } from '../../database/insert-rows';
import { inSlices, loadInSlices } from '../../database/slices';
import { updateRows } from '../../database/update-rows';
import { prepareUpdates } from '../../host/announced-updates';
import { forgetDepartmentsOf } from '../../host/caches';
import { deleteWithReferences } from '../../host/references';
import type { Link } from '../../model/link';
import type { PrimaryKey } from '../../model/primary-key';
import { Breather } from '../../pacing';
import type { Applied, Commit } from '../../pipeline/contracts';
import { keepMainDepartments } from '../shared/main-department';
import type { DepartmentWriter } from '../shared/department-writer';
import { DEPARTMENTS } from '../shared/resources';
import { requireSameTree } from './basis';
import type { DepartmentCreate, PathRow, TreePlan } from './types';

/** The host's path table of the tree (plugin-collection-tree). */
const PATHS = 'main_departments_path';
const PATHS_PER_STATEMENT = 1000;
/** So many instances are made and written at a time. */
const DEPARTMENTS_PER_STATEMENT = 250;

/** Writes a plan in one transaction: rows, path table, links, and the main departments of members that lose theirs. */
export async function applyTree(plan: TreePlan, writer: DepartmentWriter, commit: Commit): Promise<Applied | void> {
  const { db, links, pending, cache, events } = writer;
  const changes = await pending.changesTo(plan.awaited);
  const waiting = await pending.waitingAmong(plan.waitingChildren.map(({ recordId }) => recordId));
  // A department that waits already does so for the parent that was delivered last.
  const waitingChildren = plan.waitingChildren.filter(({ recordId }) => !waiting.has(String(recordId)));
  const pendingChanges = { ...changes, added: [...changes.added, ...plan.waitingMembers, ...waitingChildren] };
  const writes = [plan.creates, plan.updates, plan.deletedIds, plan.obsoleteLinkIds];
  if ([...writes, pendingChanges.added, pendingChanges.removedIds].every((items) => items.length === 0)) return;

  const rowUpdates = plan.updates.map(({ id, values }) => ({ id, values }));
  const updated = await prepareUpdates(db, events, DEPARTMENTS, rowUpdates);
  const deletedRows = events.isAwaited(DEPARTMENTS, 'destroy') ? await rowsById(db, plan.deletedIds) : [];
  const memberIds = await membersOf(db, plan.touchedIds);
  let created: Model[] = [];
  let newLinks: ReadonlyMap<string, readonly Link[]> = new Map();
  await commit(async (transaction) => {
    await requireSameTree(plan, writer, transaction);
    await deleteDepartments(db, plan.deletedIds, transaction);
    await links.remove(plan.obsoleteLinkIds, transaction);
    await updateRows(db.getModel(DEPARTMENTS), rowUpdates, transaction);
    created = await insertDepartments(db, plan.creates, transaction);
    await writePaths(db, plan.paths, transaction);
    const made = plan.creates.map(({ tracked, id }) => ({
      recordId: tracked.id,
      resource: DEPARTMENTS,
      resourcePk: id,
      adopted: false,
    }));
    newLinks = await links.add(made, transaction);
    await pending.write(plan.sourceName, pendingChanges, transaction);
    if (plan.deletedIds.length > 0) await keepMainDepartments(db, memberIds, transaction);
    return plan.outcomes;
  });

  await forgetDepartmentsOf(cache, memberIds);
  const linked = plan.creates.map(
    ({ tracked }) => [tracked.record.uid, [...tracked.links, ...(newLinks.get(String(tracked.id)) ?? [])]] as const,
  );
  return {
    links: new Map(linked),
    announce: async () => {
      await events.announce(DEPARTMENTS, 'create', created);
      await updated.send();
      await events.announce(DEPARTMENTS, 'destroy', deletedRows);
    },
  };
}

/** Fields fill in `sort` and the like through their bulk hook; the tree's own hook is left out, it reads row by row. */
async function insertDepartments(
  db: Database,
  creates: readonly DepartmentCreate[],
  transaction: Transaction,
): Promise<Model[]> {
  if (creates.length === 0) return [];
  const model = db.getModel<Model>(DEPARTMENTS);
  const breather = new Breather();
  const rows: Model[] = [];
  for (const { id, values } of creates) {
    rows.push(model.build({ id, ...values }));
    await breather.breathe();
  }
  await db.emitAsync(`${DEPARTMENTS}.beforeBulkCreate`, rows, { transaction });
  for (const slice of inSlices(rows, DEPARTMENTS_PER_STATEMENT)) {
    const values = slice.map((row) => row.get({ plain: true }) as Record<string, unknown>);
    await model.bulkCreate(values, { transaction, hooks: false, validate: false });
  }
  return rows;
}

/** Children of a deleted department have moved before, or are deleted too. */
async function deleteDepartments(db: Database, ids: readonly PrimaryKey[], transaction: Transaction): Promise<void> {
  if (ids.length === 0) return;
  await deleteWithReferences(db, DEPARTMENTS, ids, transaction);
  if (!db.hasCollection(PATHS)) return;
  await db.getModel(PATHS).destroy({ where: { nodePk: [...ids] }, transaction, hooks: false });
}

async function writePaths(db: Database, paths: readonly PathRow[], transaction: Transaction): Promise<void> {
  if (paths.length === 0 || !db.hasCollection(PATHS)) return;
  const model = db.getModel(PATHS);
  for (const slice of inSlices(paths, PATHS_PER_STATEMENT))
    await model.destroy({ where: { nodePk: slice.map((path) => path.nodePk) }, transaction, hooks: false });
  await insertRows(
    model,
    paths.map((path) => ({ ...path })),
    transaction,
  );
}

async function membersOf(db: Database, departmentIds: readonly string[]): Promise<PrimaryKey[]> {
  if (departmentIds.length === 0) return [];
  const rows = await loadInSlices<string, { userId: PrimaryKey }>(departmentIds, (departmentId) =>
    db.getModel('departmentsUsers').findAll({ attributes: ['userId'], where: { departmentId }, raw: true }),
  );
  return [...new Set(rows.map((row) => row.userId))];
}

async function rowsById(db: Database, ids: readonly PrimaryKey[]): Promise<Model[]> {
  return ids.length > 0 ? await db.getModel<Model>(DEPARTMENTS).findAll({ where: { id: [...ids] } }) : [];
}
