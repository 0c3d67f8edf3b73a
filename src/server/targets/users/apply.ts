import type { Database, Model } from '@nocobase/database';
import type { Transaction } from 'sequelize';
import { insertRows } from '../../database/insert-rows';
import { inTransaction } from '../../database/transaction';
import { updateRows } from '../../database/update-rows';
import type { LinkStore, NewLink } from '../../links';
import type { PrimaryKey } from '../../pipeline/contracts';
import { prepareUpdates } from '../shared/announced-updates';
import { forgetUsers, type HostCache } from '../shared/host-caches';
import type { HostEvents } from '../shared/host-events';
import { deleteWithReferences } from '../shared/references';
import { USERS } from './plan';
import type { UserCreate, UserPlan } from './types';

/** What writing users needs of the application. */
export interface UserWriter {
  readonly db: Database;
  readonly links: LinkStore;
  readonly cache: HostCache;
  readonly events: HostEvents;
}

/**
 * Writes a plan in one transaction, with what the host would do for each row: default role, sort, references of
 * deleted users; afterwards caches are dropped and listeners told. Deleted rows go first and values that change hands
 * are emptied before they are given, because databases check unique indexes row by row.
 */
export async function applyUsers(plan: UserPlan, { db, links, cache, events }: UserWriter): Promise<void> {
  const changes = plan.updates.filter(({ values }) => Object.keys(values).length > 0);
  const rowUpdates = changes.map(({ row, values }) => ({ id: row.id, values }));
  const deletedIds = plan.deletes.map(({ row }) => row.id);
  const linked = plan.updates.filter(({ newLink }) => newLink);
  const writes = [plan.creates, linked, changes, deletedIds, plan.obsoleteLinkIds];
  if (writes.every((items) => items.length === 0)) return;

  const updated = await prepareUpdates(db, events, USERS, rowUpdates);
  const deletedRows = events.isAwaited(USERS, 'destroy') ? await rowsById(db, deletedIds) : [];
  const created = await inTransaction(db, async (transaction) => {
    await deleteWithReferences(db, USERS, deletedIds, transaction);
    await links.remove(plan.obsoleteLinkIds, transaction);
    for (const [field, ids] of plan.releases) {
      await db.getModel(USERS).update({ [field]: null }, { where: { id: [...ids] }, transaction, hooks: false });
    }
    await updateRows(db.getModel(USERS), rowUpdates, transaction);
    const rows = await insertUsers(db, plan.creates, transaction);
    return { rows, links: await links.add(newLinks(plan, rows), transaction) };
  });

  plan.creates.forEach(({ outcome }, index) => {
    outcome.rowId = created.rows[index].get('id') as PrimaryKey;
  });
  const obsolete = new Set(plan.obsoleteLinkIds);
  for (const { tracked } of [...plan.creates, ...plan.updates]) {
    const kept = tracked.links.filter((link) => !obsolete.has(link.id));
    tracked.links = [...kept, ...(created.links.get(String(tracked.id)) ?? [])];
  }
  await forgetUsers(cache, [...rowUpdates.map(({ id }) => id), ...deletedIds]);
  await events.announce(USERS, 'create', created.rows);
  await updated.send();
  await events.announce(USERS, 'destroy', deletedRows);
}

/** Bulk hooks run: the host's fields fill in `sort`, generated ids and the like once for all rows. */
async function insertUsers(db: Database, creates: readonly UserCreate[], transaction: Transaction): Promise<Model[]> {
  if (creates.length === 0) return [];
  const rows = await db.getModel<Model>(USERS).bulkCreate(
    creates.map(({ values }) => ({ ...values })),
    { transaction, validate: false },
  );
  const role = await defaultRole(db, transaction);
  if (role !== undefined) {
    const roles = rows.map((row) => ({ userId: row.get('id') as PrimaryKey, roleName: role }));
    await insertRows(db.getModel('rolesUsers'), roles, transaction);
  }
  return rows;
}

/** The role that every new user gets; never `root`, however the roles are configured. */
async function defaultRole(db: Database, transaction: Transaction): Promise<string | undefined> {
  if (!db.hasCollection('roles') || !db.hasCollection('rolesUsers')) return undefined;
  const role = await db.getModel('roles').findOne({ where: { default: true }, attributes: ['name'], transaction });
  const name = role?.get('name') as string | undefined;
  return name === 'root' ? undefined : name;
}

function newLinks(plan: UserPlan, rows: readonly Model[]): NewLink[] {
  const made = plan.creates.map(({ tracked }, index) => ({
    recordId: tracked.id,
    resource: USERS,
    resourcePk: rows[index].get('id') as PrimaryKey,
    adopted: false,
  }));
  const found = plan.updates.flatMap(({ tracked, row, newLink }) =>
    newLink ? [{ recordId: tracked.id, resource: USERS, resourcePk: row.id, ...newLink }] : [],
  );
  return [...made, ...found];
}

async function rowsById(db: Database, ids: readonly PrimaryKey[]): Promise<Model[]> {
  return ids.length > 0 ? await db.getModel<Model>(USERS).findAll({ where: { id: [...ids] } }) : [];
}
