import type { Database, Model } from '@nocobase/database';
import type { Transaction } from 'sequelize';
import { insertRows } from '../../database/insert-rows';
import { inSlices } from '../../database/slices';
import { updateRows } from '../../database/update-rows';
import { prepareUpdates } from '../../host/announced-updates';
import { forgetUsers, type HostCache } from '../../host/caches';
import type { HostEvents } from '../../host/events';
import { deleteWithReferences } from '../../host/references';
import type { PendingLinkStore } from '../../links';
import type { Link } from '../../model/link';
import type { Outcome } from '../../model/outcome';
import type { PrimaryKey } from '../../model/primary-key';
import type { Applied, Commit } from '../../pipeline/contracts';
import { findLeftMemberships, newLinksOf, readLinksAfter, replacementsOf } from './links';
import { requireSameClaims } from './basis';
import type { UserReader } from './snapshot';
import type { UserCreate, UserPlan } from './types';
import { USERS } from './user-rows';

/** What writing users needs of the application. */
export interface UserWriter extends UserReader {
  readonly pending: PendingLinkStore;
  readonly cache: HostCache;
  readonly events: HostEvents;
}

/** A plan, sorted by the statements that write it. */
interface UserWrites {
  readonly rowUpdates: readonly RowUpdate[];
  readonly deletedIds: readonly PrimaryKey[];
  readonly disabledIds: readonly PrimaryKey[];
  readonly enabledIds: readonly PrimaryKey[];
  readonly reactivatedLinkIds: readonly PrimaryKey[];
  /** Former record of a user → the record that has the user now. */
  readonly replacedBy: ReadonlyMap<PrimaryKey, PrimaryKey>;
}

interface RowUpdate {
  readonly id: PrimaryKey;
  readonly values: Readonly<Record<string, unknown>>;
}

/** What the database has given back. */
interface Written {
  /** The rows of `creates`, in the same order. */
  readonly created: readonly Model[];
  /** New links by the id of the record. */
  readonly newLinks: ReadonlyMap<string, readonly Link[]>;
}

/**
 * Writes a plan in one transaction, with what the host would do for each row: default role, sort, references of deleted
 * users. Afterwards caches are dropped.
 */
export async function applyUsers(plan: UserPlan, writer: UserWriter, commit: Commit): Promise<Applied | void> {
  const { db, events } = writer;
  const writes = writesOf(plan);
  if (isEmpty(plan, writes)) return;
  const left = await findLeftMemberships(writes.replacedBy, writer.links);
  const membershipLinks = new Map([...left].flatMap(([recordId, links]) => links.map(({ id }) => [id, recordId])));
  const updated = await prepareUpdates(db, events, USERS, announcedUpdates(writes));
  const deletedRows = events.isAwaited(USERS, 'destroy') ? await rowsById(db, writes.deletedIds) : [];
  let written: Written = { created: [], newLinks: new Map() };
  await commit(async (transaction) => {
    written = await writeUsers(plan, writes, membershipLinks, writer, transaction);
    return withRowIds(plan, written.created);
  });
  const { rowUpdates, deletedIds, disabledIds, enabledIds } = writes;
  await forgetUsers(writer.cache, [...rowUpdates.map(({ id }) => id), ...deletedIds, ...disabledIds, ...enabledIds]);
  return {
    links: await readLinksAfter(plan, written.newLinks, writer.links),
    announce: async () => {
      await events.announce(USERS, 'create', written.created);
      await updated.send();
      await events.announce(USERS, 'destroy', deletedRows);
    },
  };
}

function writesOf(plan: UserPlan): UserWrites {
  const { updates, deletes, disables } = plan;
  return {
    rowUpdates: updates
      .filter(({ values }) => Object.keys(values).length > 0)
      .map(({ row, values }) => ({ id: row.id, values })),
    deletedIds: deletes.map(({ row }) => row.id),
    disabledIds: disables.map(({ row }) => row.id),
    enabledIds: updates.filter(({ isEnabled }) => isEnabled).map(({ row }) => row.id),
    reactivatedLinkIds: updates.flatMap((update) => update.reactivatedLinkIds),
    replacedBy: replacementsOf(plan),
  };
}

function isEmpty(plan: UserPlan, writes: UserWrites): boolean {
  const { rowUpdates, deletedIds, disabledIds, enabledIds, reactivatedLinkIds } = writes;
  const linked = plan.updates.filter(({ newLink }) => newLink);
  const ids = [deletedIds, disabledIds, enabledIds, reactivatedLinkIds, plan.deactivatedLinkIds, plan.obsoleteLinkIds];
  return [plan.creates, linked, rowUpdates, ...ids].every((items) => items.length === 0);
}

/** The changes that listeners are told: those of fields, and of who may sign in. */
function announcedUpdates({ rowUpdates, disabledIds, enabledIds }: UserWrites): RowUpdate[] {
  const isEnabled = new Set(enabledIds);
  return [
    ...rowUpdates.map(({ id, values }) => ({
      id,
      values: isEnabled.has(id) ? { ...values, isDisabled: false } : values,
    })),
    ...disabledIds.map((id) => ({ id, values: { isDisabled: true } })),
  ];
}

/**
 * Deleted rows come first, and values that another user gets are emptied before they are given, because databases check
 * unique indexes row by row.
 */
async function writeUsers(
  plan: UserPlan,
  { rowUpdates, deletedIds, disabledIds, enabledIds, reactivatedLinkIds, replacedBy }: UserWrites,
  membershipLinks: ReadonlyMap<PrimaryKey, PrimaryKey>,
  { db, links, pending, disabledUsers }: UserWriter,
  transaction: Transaction,
): Promise<Written> {
  await requireSameClaims(plan, { db, links, disabledUsers }, transaction);
  await deleteWithReferences(db, USERS, deletedIds, transaction);
  await links.remove(plan.obsoleteLinkIds, transaction);
  await pending.forgetRecords(plan.unlinkedRecordIds, transaction);
  await links.setInactive(plan.deactivatedLinkIds, true, transaction);
  await links.setInactive(reactivatedLinkIds, false, transaction);
  for (const [field, ids] of plan.releases)
    await db.getModel(USERS).update({ [field]: null }, { where: { id: [...ids] }, transaction, hooks: false });
  await updateRows(db.getModel(USERS), rowUpdates, transaction);
  const { sourceName, taskId } = plan;
  await disabledUsers.disable(disabledIds, { cause: 'sync', sourceName, taskId }, transaction);
  await disabledUsers.enable(enabledIds, transaction);
  const created = await insertUsers(db, plan.creates, transaction);
  const newLinks = await links.add(newLinksOf(plan, created), transaction);
  await links.reassign(membershipLinks, transaction);
  await pending.forgetRecords([...replacedBy.keys()], transaction);
  return { created, newLinks };
}

/** The outcomes of a plan; those of new users say which row they have got. */
function withRowIds({ creates, outcomes }: UserPlan, rows: readonly Model[]): readonly Outcome[] {
  const rowIdOf = new Map(
    creates.map(({ tracked }, index) => [tracked.record.uid, rows[index].get('id') as PrimaryKey]),
  );
  if (rowIdOf.size === 0) return outcomes;
  return outcomes.map((outcome) => {
    const rowId = rowIdOf.get(outcome.uid);
    return rowId === undefined ? outcome : { ...outcome, rowId };
  });
}

/** So many instances are made and written at a time. */
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

async function rowsById(db: Database, ids: readonly PrimaryKey[]): Promise<Model[]> {
  return ids.length > 0 ? await db.getModel<Model>(USERS).findAll({ where: { id: [...ids] } }) : [];
}
