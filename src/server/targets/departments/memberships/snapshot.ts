import type { Database } from '@nocobase/database';
import { groupBy } from '../../../database/group-by';
import { loadInSlices } from '../../../database/slices';
import type { LinkStore } from '../../../links';
import type { PrimaryKey, TargetChunk } from '../../../pipeline/contracts';
import { FUTURE_ROW, type Preview } from '../../../pipeline/preview-state';
import { Breather } from '../../../pacing';
import { closedAmong, protectedAmong, untouchable, type PrivilegedRoles } from '../../shared/protection';
import { DEPARTMENTS } from '../tree/links';
import type { MembershipRow, MembershipSnapshot, OtherMembershipLink, TrackedUser } from './types';

/** What reading memberships needs of the application. */
export interface MembershipReader {
  readonly db: Database;
  readonly links: LinkStore;
  readonly privilegedRoles: PrivilegedRoles;
}

/** Each may be in hundreds of departments, and the driver makes objects of all rows in one go. */
const USERS_PER_STATEMENT = 250;

/** Reads what planning the memberships of a chunk of users needs, with one statement for each kind of thing. */
export async function snapshotMemberships(
  { db, links, privilegedRoles }: MembershipReader,
  chunk: TargetChunk,
): Promise<MembershipSnapshot> {
  const records = (chunk.records as readonly TrackedUser[]).filter(
    ({ record }) => record.departments !== undefined || record.isDeleted,
  );
  const userIds = records.flatMap(userIdsOf);
  const uids = await departmentUids(records);
  const delivered = await links.rowsOf(chunk.sourceName, 'department', DEPARTMENTS, uids);
  const rows = await readMemberships(db, userIds);
  const titles = await readTitles(db, [...delivered.values(), ...rows.map((row) => row.departmentId)]);
  const mainDepartments = await readMainDepartments(db, userIds);
  if (chunk.preview) foresee(chunk.preview, { delivered, titles, mainDepartments, uids });
  const departments = new Map([...delivered].filter(([, id]) => titles.has(id)));
  const { protection } = chunk.run;
  const privileged = await privilegedRoles.names();
  return {
    mainDepartments,
    rows: groupBy(rows, (row) => row.userId),
    departments,
    titles,
    otherLinks: await readOtherLinks(links, (await thatChangeLinks(records, departments)).flatMap(userIdsOf)),
    protectedUsers: untouchable(await protectedAmong(db, userIds, privileged), protection),
    closed: await closedAmong(db, [...departments.values()], privileged, protection),
  };
}

async function departmentUids(records: readonly TrackedUser[]): Promise<string[]> {
  const breather = new Breather();
  const uids = new Set<string>();
  for (const { record } of records) {
    for (const { uid } of record.departments ?? []) uids.add(uid);
    await breather.breathe();
  }
  return [...uids];
}

async function thatChangeLinks(
  records: readonly TrackedUser[],
  departments: ReadonlyMap<string, string>,
): Promise<TrackedUser[]> {
  const breather = new Breather();
  const changing: TrackedUser[] = [];
  for (const tracked of records) {
    if (changesLinks(tracked, departments)) changing.push(tracked);
    await breather.breathe();
  }
  return changing;
}

/** In a dry run: departments and users that would be there by now. */
function foresee(
  { madeDepartments, deletedDepartments }: Preview,
  known: {
    readonly delivered: Map<string, string>;
    readonly titles: Map<string, string>;
    readonly mainDepartments: Map<string, string | null>;
    readonly uids: readonly string[];
  },
): void {
  known.mainDepartments.set(FUTURE_ROW, null);
  for (const id of deletedDepartments) known.titles.delete(id);
  for (const uid of known.uids) {
    const made = madeDepartments.get(uid);
    if (!made) continue;
    known.delivered.set(uid, String(made.id));
    known.titles.set(String(made.id), made.title);
  }
}

function userIdsOf(tracked: TrackedUser): string[] {
  return tracked.links.filter((link) => link.resource === 'users').map((link) => link.resourcePk);
}

/** Whether the record gains or loses a link; only then it matters who else claims the membership. */
function changesLinks({ record, links }: TrackedUser, departments: ReadonlyMap<string, string>): boolean {
  const linked = new Set(links.filter((link) => link.resource === DEPARTMENTS).map((link) => link.resourcePk));
  const wanted = record.isDeleted ? [] : (record.departments ?? []).flatMap(({ uid }) => departments.get(uid) ?? []);
  return wanted.length !== linked.size || wanted.some((id) => !linked.has(id));
}

async function readMemberships(db: Database, userIds: readonly string[]): Promise<MembershipRow[]> {
  const rows = await loadInSlices<string, { userId: PrimaryKey; departmentId: PrimaryKey; isOwner: unknown }>(
    userIds,
    (userId) =>
      db
        .getModel('departmentsUsers')
        .findAll({ attributes: ['userId', 'departmentId', 'isOwner'], where: { userId }, raw: true }),
    USERS_PER_STATEMENT,
  );
  return rows.map(({ userId, departmentId, isOwner }) => ({
    userId: String(userId),
    departmentId: String(departmentId),
    isOwner: Boolean(isOwner),
  }));
}

async function readTitles(db: Database, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await loadInSlices<string, { id: PrimaryKey; title: string | null }>([...new Set(ids)], (id) =>
    db.getModel(DEPARTMENTS).findAll({ attributes: ['id', 'title'], where: { id }, raw: true }),
  );
  return new Map(rows.map(({ id, title }) => [String(id), title ?? String(id)]));
}

async function readMainDepartments(db: Database, userIds: readonly string[]): Promise<Map<string, string | null>> {
  const rows = await loadInSlices<string, { id: PrimaryKey; mainDepartmentId: PrimaryKey | null }>(userIds, (id) =>
    db.getModel('users').findAll({ attributes: ['id', 'mainDepartmentId'], where: { id }, raw: true }),
  );
  return new Map(
    rows.map((row) => [String(row.id), row.mainDepartmentId === null ? null : String(row.mainDepartmentId)]),
  );
}

async function readOtherLinks(
  links: LinkStore,
  userIds: readonly string[],
): Promise<Map<string, OtherMembershipLink[]>> {
  const claims = await links.claims('users', userIds);
  const linksByRecord = await links.of(claims.map((claim) => claim.recordId));
  const found = new Map<string, OtherMembershipLink[]>();
  for (const { recordId, resourcePk: userId } of claims) {
    const own = (linksByRecord.get(String(recordId)) ?? [])
      .filter((link) => link.resource === DEPARTMENTS)
      .map(({ resourcePk: departmentId, adopted }) => ({ recordId, departmentId, adopted }));
    found.set(userId, [...(found.get(userId) ?? []), ...own]);
  }
  return found;
}
