import type { Database, Model } from '@nocobase/database';
import type { Transaction } from 'sequelize';
import { insertRows } from '../../database/insert-rows';
import { inSlices } from '../../database/slices';
import { inTransaction } from '../../database/transaction';
import { updateRows } from '../../database/update-rows';
import type { LinkStore, NewLink, PendingLinkStore } from '../../links';
import type { AfterApply, Link, PrimaryKey } from '../../pipeline/contracts';
import { inBreaths, type Steps } from '../../pacing';
import { prepareUpdates } from '../shared/announced-updates';
import { forgetUsers, type HostCache } from '../shared/host-caches';
import type { HostEvents } from '../shared/host-events';
import { deleteWithReferences } from '../shared/references';
import type { UserCreate, UserPlan } from './types';
import type { UserReader } from './snapshot';
import { MEMBERSHIPS, USERS } from './user-rows';

/** What writing users needs of the application. */
export interface UserWriter extends UserReader {
  readonly pending: PendingLinkStore;
  readonly cache: HostCache;
  readonly events: HostEvents;
}

/**
 * Writes a plan in one transaction, with what the host would do for each row: default role, sort, references of
 * deleted users; afterwards caches are dropped, and gives back how listeners are told. Deleted rows go first and values that change hands
 * are emptied before they are given, because databases check unique indexes row by row.
 */
export async function applyUsers(plan: UserPlan, writer: UserWriter): Promise<AfterApply | void> {
  const { db, links, pending, disabledUsers, cache, events } = writer;
  const changes = plan.updates.filter(({ values }) => Object.keys(values).length > 0);
  const rowUpdates = changes.map(({ row, values }) => ({ id: row.id, values }));
  const deletedIds = plan.deletes.map(({ row }) => row.id);
  const linked = plan.updates.filter(({ newLink }) => newLink);
  const disabledIds = plan.disables.map(({ row }) => row.id);
  const enabledIds = plan.updates.filter(({ isEnabled }) => isEnabled).map(({ row }) => row.id);
  const returningLinkIds = plan.updates.flatMap((update) => update.returningLinkIds);
  const { restingLinkIds, obsoleteLinkIds } = plan;
  const succeeding = plan.updates.filter(({ formerRecordIds }) => formerRecordIds.length > 0);
  const heirs = new Map(
    succeeding.flatMap(({ tracked, formerRecordIds }) => formerRecordIds.map((id) => [id, tracked.id])),
  );
  const inherited = await membershipsFor(heirs, links);
  const writes = [plan.creates, linked, changes, deletedIds, disabledIds, enabledIds, returningLinkIds];
  if ([...writes, restingLinkIds, obsoleteLinkIds].every((items) => items.length === 0)) return;

  const isEnabled = new Set(enabledIds);
  const updated = await prepareUpdates(db, events, USERS, [
    ...rowUpdates.map(({ id, values }) => ({
      id,
      values: isEnabled.has(id) ? { ...values, isDisabled: false } : values,
    })),
    ...disabledIds.map((id) => ({ id, values: { isDisabled: true } })),
  ]);
  const deletedRows = events.isAwaited(USERS, 'destroy') ? await rowsById(db, deletedIds) : [];
  const created = await inTransaction(db, async (transaction) => {
    await deleteWithReferences(db, USERS, deletedIds, transaction);
    await links.remove(obsoleteLinkIds, transaction);
    await links.setInactive(restingLinkIds, true, transaction);
    await links.setInactive(returningLinkIds, false, transaction);
    for (const [field, ids] of plan.releases) {
      await db.getModel(USERS).update({ [field]: null }, { where: { id: [...ids] }, transaction, hooks: false });
    }
    await updateRows(db.getModel(USERS), rowUpdates, transaction);
    const { sourceName, taskId } = plan;
    await disabledUsers.disable(disabledIds, { cause: 'sync', sourceName, taskId }, transaction);
    await disabledUsers.enable(enabledIds, transaction);
    const rows = await insertUsers(db, plan.creates, transaction);
    const made = await links.add(newLinks(plan, rows), transaction);
    await links.handOver(inherited, transaction);
    await pending.forgetRecords([...heirs.keys()], transaction);
    return { rows, links: made };
  });

  plan.creates.forEach(({ outcome }, index) => {
    outcome.rowId = created.rows[index].get('id') as PrimaryKey;
  });
  await inBreaths(keepLinks(plan, created.links));
  const succeeded = await links.of(succeeding.map(({ tracked }) => tracked.id));
  for (const { tracked } of succeeding) tracked.links = succeeded.get(String(tracked.id)) ?? [];
  await forgetUsers(cache, [...rowUpdates.map(({ id }) => id), ...deletedIds, ...disabledIds, ...enabledIds]);
  return async () => {
    await events.announce(USERS, 'create', created.rows);
    await updated.send();
    await events.announce(USERS, 'destroy', deletedRows);
  };
}

/** Links that the records which had a user before leave to the one that has it now: id of the link → its heir. */
async function membershipsFor(
  heirs: ReadonlyMap<PrimaryKey, PrimaryKey>,
  links: LinkStore,
): Promise<Map<PrimaryKey, PrimaryKey>> {
  const left = await links.of([...heirs.keys()]);
  return new Map(
    [...heirs].flatMap(([former, heir]) =>
      (left.get(String(former)) ?? [])
        .filter(({ resource }) => resource === MEMBERSHIPS)
        .map(({ id }) => [id, heir] as const),
    ),
  );
}

/** Leaves the records with the links that they have now, for the targets that come after this one. */
export function* keepLinks(plan: UserPlan, made: ReadonlyMap<string, readonly Link[]>): Steps<void> {
  const obsolete = new Set(plan.obsoleteLinkIds);
  for (const { tracked } of [...plan.creates, ...plan.updates]) {
    const kept = tracked.links
      .filter((link) => !obsolete.has(link.id))
      .map((link) => (link.resource === USERS ? { ...link, inactive: false } : link));
    tracked.links = [...kept, ...(made.get(String(tracked.id)) ?? [])];
    yield;
  }
  for (const tracked of [...plan.disables.map(({ tracked }) => tracked), ...plan.resting])
    tracked.links = tracked.links.map((link) => (link.resource === USERS ? { ...link, inactive: true } : link));
}

/** So many instances are made and written at once. */
const USERS_PER_STATEMENT = 250;

/** Bulk hooks run: the host's fields fill in `sort`, generated ids and the like once for all rows. */
async function insertUsers(db: Database, creates: readonly UserCreate[], transaction: Transaction): Promise<Model[]> {
  if (creates.length === 0) return [];
  const rows: Model[] = [];
  for (const slice of inSlices(creates, USERS_PER_STATEMENT)) {
    const values = slice.map((create) => ({ ...create.values }));
    for (const row of await db.getModel<Model>(USERS).bulkCreate(values, { transaction, validate: false }))
      rows.push(row);
  }
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
