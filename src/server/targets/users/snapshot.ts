import type { Database } from '@nocobase/database';
import type { LinkStore } from '../../links';
import type { PrimaryKey, TargetChunk } from '../../pipeline/contracts';
import { Breather } from '../../pacing';
import { loadInSlices } from '../../database/slices';
import type { DisabledUserStore } from '../../disabled-users';
import type { FieldCatalogue } from '../shared/field-catalogue';
import type { RemovalChecks } from '../shared/removal-checks';
import { protectedAmong, untouchable, type PrivilegedRoles } from '../shared/protection';
import { dependentsOf } from '../shared/references';
import type { TrackedUser, UserClaim, UserRow, UserSnapshot } from './types';
import { rowOf as rowAmong, USERS } from './user-rows';

/** The columns by which outcomes name a user. */
const NAME_FIELDS = ['nickname', 'username'];

/** What reading users needs of the application. */
export interface UserReader {
  readonly db: Database;
  readonly links: LinkStore;
  readonly disabledUsers: DisabledUserStore;
  readonly removalChecks: RemovalChecks;
  readonly privilegedRoles: PrivilegedRoles;
}

/** Reads what planning a chunk of users needs, with few statements for each kind of thing. */
export async function snapshotUsers(
  { db, links, disabledUsers, removalChecks, privilegedRoles }: UserReader,
  chunk: TargetChunk,
  catalogue: FieldCatalogue,
): Promise<UserSnapshot> {
  await disabledUsers.flag.ensure();
  const records = chunk.records as readonly TrackedUser[];
  const model = db.getModel(USERS);
  const find = (field: string, values: readonly string[], attributes: readonly string[]) =>
    loadInSlices<string, UserRow>(values, (slice) =>
      model.findAll({ where: { [field]: slice }, attributes: [...new Set(attributes)], raw: true }),
    );

  const breather = new Breather();
  const names = new Set<string>();
  for (const { record } of records) {
    for (const name of Object.keys(record.fields)) names.add(name);
    await breather.breathe();
  }
  const delivered = catalogue.writable(names);
  const columns = ['id', ...NAME_FIELDS.filter((name) => db.getCollection(USERS).hasField(name)), ...delivered];
  const linkedIds = records.flatMap((tracked) => linksOf(tracked).map((link) => link.resourcePk));
  const linkedRows = await find('id', linkedIds, columns);
  const linked = new Map(linkedRows.map((row) => [String(row.id), row]));

  const rowOf = (tracked: TrackedUser) => rowAmong(tracked, { linked });
  /** Values of a field that records bring and that their own row does not have yet. */
  const newValues = async (field: string, among: readonly TrackedUser[]): Promise<string[]> => {
    const values = new Set<string>();
    for (const tracked of among) {
      const value = catalogue.textOf(field, tracked.record.fields[field]);
      if (value !== undefined && value !== rowOf(tracked)?.[field]) values.add(value);
      await breather.breathe();
    }
    return [...values];
  };

  const key = chunk.matchKey;
  const unlinked = records.filter((tracked) => rowOf(tracked) === undefined);
  const matchValues = key === undefined ? [] : await newValues(key, unlinked);
  const matchedRows = key === undefined ? [] : await find(key, matchValues, [...columns, key]);

  const holders = new Map<string, ReadonlyMap<string, string>>();
  for (const field of catalogue.uniqueFields.filter((name) => delivered.includes(name))) {
    const rows = await find(field, await newValues(field, records), ['id', field]);
    holders.set(field, new Map(rows.map((row) => [String(row[field]), String(row.id)])));
  }

  const removed = records.filter(({ record }) => record.isDeleted).flatMap((tracked) => rowOf(tracked)?.id ?? []);
  const matched = matchedRows.map((row) => row.id);
  const known = [...linkedRows.map((row) => row.id), ...matched];
  const { userLimit, removal, protection } = chunk.run;
  return {
    linked,
    matched: new Map(matchedRows.map((row) => [String(row[key as string]), row])),
    holders,
    protectedUsers: untouchable(await protectedAmong(db, known, await privilegedRoles.names()), protection),
    // Who made a user matters to all whose identity may be kept.
    claims: await claimsOn(links, protection.identity === 'keep' ? known : [...removed, ...matched]),
    dependents: new Map([
      ...(removal.users === 'delete' ? await dependentsOf(db, USERS, removed) : []),
      ...(await removalChecks.reasons(USERS, removed, chunk)),
    ]),
    disabled: await disabledUsers.causes(known),
    room: userLimit === null ? null : userLimit - (await disabledUsers.countEnabled()),
  };
}

const linksOf = (tracked: TrackedUser) => tracked.links.filter((link) => link.resource === USERS);

async function claimsOn(links: LinkStore, ids: readonly PrimaryKey[]): Promise<Map<string, UserClaim[]>> {
  const byUser = new Map<string, UserClaim[]>();
  for (const { id: linkId, resourcePk, ...claim } of await links.claims(USERS, ids)) {
    const claims = byUser.get(resourcePk);
    if (claims) claims.push({ linkId, ...claim });
    else byUser.set(resourcePk, [{ linkId, ...claim }]);
  }
  return byUser;
}
