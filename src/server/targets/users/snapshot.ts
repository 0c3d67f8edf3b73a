import type { Database } from '@nocobase/database';
import { loadInSlices } from '../../database/slices';
import type { DisabledUserStore } from '../../disabled-users';
import { findProtectedUsers, protectedFrom, type PrivilegedRoles } from '../../host/protection';
import { findRestrictedRows } from '../../host/references';
import type { LinkStore } from '../../links';
import type { PrimaryKey } from '../../model/primary-key';
import type { TrackedUser } from '../../model/tracked-record';
import { Breather } from '../../pacing';
import type { UserRecord } from '../../model/records';
import type { TargetChunk } from '../../pipeline/contracts';
import type { FieldCatalogue } from '../shared/field-catalogue';
import type { RemovalChecks } from '../shared/removal-checks';
import { claimsById } from './basis';
import { foreseeUsers } from './foresee';
import type { UserClaim, UserRow, UserSnapshot } from './types';
import { rowOf, USERS } from './user-rows';

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
  reader: UserReader,
  chunk: TargetChunk<UserRecord>,
  catalogue: FieldCatalogue,
): Promise<UserSnapshot> {
  const { db, links, disabledUsers, privilegedRoles } = reader;
  await disabledUsers.flag.ensure();
  const records = chunk.records;
  const delivered = catalogue.writable(await fieldNames(records));
  const columns = ['id', ...NAME_FIELDS.filter((name) => db.getCollection(USERS).hasField(name)), ...delivered];
  const linkedIds = records.flatMap((tracked) => linksOf(tracked).map((link) => link.resourcePk));
  const linked = byColumn(await findUsers(db, 'id', linkedIds, columns), 'id');
  const values = new DeliveredValues(catalogue, linked);
  const matched = await readMatched(db, chunk, values, columns);
  const uniqueFields = catalogue.uniqueFields.filter((name) => delivered.includes(name));
  const wanted = await values.ofAll(uniqueFields, records);

  const removedIds = records
    .filter(({ record }) => record.isDeleted)
    .flatMap((one) => rowOf(one, { linked })?.id ?? []);
  const matchedIds = [...matched.values()].map(({ id }) => id);
  const knownIds = [...[...linked.values()].map(({ id }) => id), ...matchedIds];
  const { userLimit, protection } = chunk.run;
  const weighedIds = [...removedIds, ...matchedIds];
  // Which source created a user matters to all users whose identity may be kept.
  const claims = await claimsOn(links, protection.identity === 'keep' ? knownIds : weighedIds);
  const snapshot: UserSnapshot = {
    linked,
    matched,
    holders: await readHolders(db, wanted),
    protectedUsers: protectedFrom(protection, await findProtectedUsers(db, knownIds, await privilegedRoles.names())),
    claims,
    weighed: claimsById(weighedIds.map(String), claims),
    dependents: await readDependents(reader, removedIds, chunk),
    disabled: await disabledUsers.causes(knownIds),
    remaining: userLimit === null ? null : userLimit - (await disabledUsers.countEnabled()),
  };
  return chunk.preview ? foreseeUsers(snapshot, chunk.preview, chunk, wanted) : snapshot;
}

async function fieldNames(records: readonly TrackedUser[]): Promise<Set<string>> {
  const breather = new Breather();
  const names = new Set<string>();
  for (const { record } of records) {
    for (const name of Object.keys(record.fields)) names.add(name);
    await breather.breathe();
  }
  return names;
}

/** What records deliver for a field, as far as their own row does not have it yet. */
class DeliveredValues {
  constructor(
    private readonly catalogue: FieldCatalogue,
    readonly linked: UserSnapshot['linked'],
  ) {}

  async of(field: string, records: readonly TrackedUser[]): Promise<string[]> {
    const breather = new Breather();
    const values = new Set<string>();
    for (const tracked of records) {
      const value = this.catalogue.textOf(field, tracked.record.fields[field]);
      if (value !== undefined && value !== rowOf(tracked, this)?.[field]) values.add(value);
      await breather.breathe();
    }
    return [...values];
  }

  /** By field. */
  async ofAll(fields: readonly string[], records: readonly TrackedUser[]): Promise<Map<string, readonly string[]>> {
    const values = new Map<string, readonly string[]>();
    for (const field of fields) values.set(field, await this.of(field, records));
    return values;
  }
}

/** Users that records without a row find by the match key, by its value. */
async function readMatched(
  db: Database,
  { records, matchKey }: TargetChunk<UserRecord>,
  values: DeliveredValues,
  columns: readonly string[],
): Promise<Map<string, UserRow>> {
  if (matchKey === undefined) return new Map();
  const withoutRow = records.filter((tracked) => rowOf(tracked, values) === undefined);
  const rows = await findUsers(db, matchKey, await values.of(matchKey, withoutRow), [...columns, matchKey]);
  return byColumn(rows, matchKey);
}

/** Who has the wanted values, by field. */
async function readHolders(
  db: Database,
  wanted: ReadonlyMap<string, readonly string[]>,
): Promise<Map<string, ReadonlyMap<string, string>>> {
  const holders = new Map<string, ReadonlyMap<string, string>>();
  for (const [field, values] of wanted) {
    const rows = await findUsers(db, field, values, ['id', field]);
    holders.set(field, new Map(rows.map((row) => [String(row[field]), String(row.id)])));
  }
  return holders;
}

async function readDependents(
  { db, removalChecks }: UserReader,
  removedIds: readonly PrimaryKey[],
  chunk: TargetChunk<UserRecord>,
): Promise<Map<string, string>> {
  return new Map([
    ...(chunk.run.removal.users === 'delete' ? await findRestrictedRows(db, USERS, removedIds) : []),
    ...(await removalChecks.reasons(USERS, removedIds, chunk)),
  ]);
}

function findUsers(
  db: Database,
  field: string,
  values: readonly string[],
  attributes: readonly string[],
): Promise<UserRow[]> {
  return loadInSlices<string, UserRow>(values, (slice) =>
    db.getModel(USERS).findAll({ where: { [field]: slice }, attributes: [...new Set(attributes)], raw: true }),
  );
}

function byColumn(rows: readonly UserRow[], column: string): Map<string, UserRow> {
  return new Map(rows.map((row) => [String(row[column]), row]));
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
