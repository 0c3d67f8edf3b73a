import type { Database } from '@nocobase/database';
import type { LinkStore } from '../../links';
import type { PrimaryKey, TargetChunk } from '../../pipeline/contracts';
import { protectedIdsAmong } from '../shared/protected-users';
import { dependentsOf } from '../shared/references';
import type { FieldCatalogue } from '../shared/field-catalogue';
import { USERS } from './plan';
import type { TrackedUser, UserClaim, UserRow, UserSnapshot } from './types';

/** The columns by which outcomes name a user. */
const NAME_FIELDS = ['nickname', 'username'];

/** Reads what planning a chunk of users needs, with one statement for each kind of thing. */
export async function snapshotUsers(
  db: Database,
  links: LinkStore,
  chunk: TargetChunk,
  catalogue: FieldCatalogue,
): Promise<UserSnapshot> {
  const records = chunk.records as readonly TrackedUser[];
  const model = db.getModel(USERS);
  const find = async (where: Record<string, unknown>, attributes: readonly string[]) =>
    (await model.findAll({ where, attributes: [...new Set(attributes)], raw: true })) as unknown as UserRow[];

  const delivered = catalogue.writable(records.flatMap(({ record }) => Object.keys(record.fields)));
  const columns = ['id', ...NAME_FIELDS.filter((name) => db.getCollection(USERS).hasField(name)), ...delivered];
  const linkedIds = records.flatMap((tracked) => linksOf(tracked).map((link) => link.resourcePk));
  const linkedRows = linkedIds.length > 0 ? await find({ id: linkedIds }, columns) : [];

  const linked = new Map(linkedRows.map((row) => [String(row.id), row]));

  const rowOf = (tracked: TrackedUser) =>
    linksOf(tracked)
      .map((link) => linked.get(link.resourcePk))
      .find((row) => row !== undefined);
  /** Values of a field that records bring and that their own row does not have yet. */
  const newValues = (field: string, among: readonly TrackedUser[]) =>
    new Set(
      among.flatMap((tracked) => {
        const value = catalogue.textOf(field, tracked.record.fields[field]);
        return value === undefined || value === rowOf(tracked)?.[field] ? [] : [value];
      }),
    );

  const key = chunk.matchKey;
  const unlinked = records.filter((tracked) => rowOf(tracked) === undefined);
  const matchValues = key === undefined ? [] : [...newValues(key, unlinked)];
  const matchedRows =
    key !== undefined && matchValues.length > 0 ? await find({ [key]: matchValues }, [...columns, key]) : [];

  const holders = new Map<string, ReadonlyMap<string, string>>();
  for (const field of catalogue.uniqueFields.filter((name) => delivered.includes(name))) {
    const values = [...newValues(field, records)];
    const rows = values.length > 0 ? await find({ [field]: values }, ['id', field]) : [];
    holders.set(field, new Map(rows.map((row) => [String(row[field]), String(row.id)])));
  }

  const removedIds = new Set(
    records.filter(({ record }) => record.isDeleted).flatMap((r) => linksOf(r).map((l) => l.resourcePk)),
  );
  const removed = linkedRows.filter((row) => removedIds.has(String(row.id))).map((row) => row.id);
  const matched = matchedRows.map((row) => row.id);
  return {
    linked,
    matched: new Map(matchedRows.map((row) => [String(row[key as string]), row])),
    holders,
    protectedIds: await protectedIdsAmong(db, [...linkedRows.map((row) => row.id), ...matched]),
    claims: await claimsOn(links, [...removed, ...matched]),
    dependents: await dependentsOf(db, USERS, removed),
  };
}

const linksOf = (tracked: TrackedUser) => tracked.links.filter((link) => link.resource === USERS);

async function claimsOn(links: LinkStore, ids: readonly PrimaryKey[]): Promise<Map<string, UserClaim[]>> {
  const byUser = new Map<string, UserClaim[]>();
  for (const { resourcePk, recordId, sourceName, uid, adopted } of await links.claims(USERS, ids)) {
    byUser.set(resourcePk, [...(byUser.get(resourcePk) ?? []), { recordId, sourceName, uid, adopted }]);
  }
  return byUser;
}
