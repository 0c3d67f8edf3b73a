import type { Database } from '@nocobase/database';
import { groupBy } from '../../database/group-by';
import { loadInSlices } from '../../database/slices';
import {
  findProtectedDepartments,
  findProtectedUsers,
  protectedFrom,
  type PrivilegedRoles,
} from '../../host/protection';
import type { LinkStore } from '../../links';
import type { PrimaryKey } from '../../model/primary-key';
import { FUTURE_ROW, type TrackedUser } from '../../model/tracked-record';
import { Breather } from '../../pacing';
import type { UserRecord } from '../../model/records';
import type { TargetChunk } from '../../pipeline/contracts';
import type { Preview } from '../../pipeline/preview-state';
import { DEPARTMENTS } from '../shared/resources';
import { readMemberships, readOtherLinks, usageById } from './basis';
import type { MembershipSnapshot } from './types';

/** What reading memberships needs of the application. */
export interface MembershipReader {
  readonly db: Database;
  readonly links: LinkStore;
  readonly privilegedRoles: PrivilegedRoles;
}

/** Reads what planning the memberships of a chunk of users needs, with one statement for each kind of thing. */
export async function snapshotMemberships(
  { db, links, privilegedRoles }: MembershipReader,
  chunk: TargetChunk<UserRecord>,
): Promise<MembershipSnapshot> {
  const records = chunk.records.filter(({ record }) => record.departments !== undefined || record.isDeleted);
  const userIds = records.flatMap(userIdsOf);
  const uids = await departmentUids(records);
  const delivered = await links.rowsOf(chunk.sourceName, 'department', DEPARTMENTS, uids);
  const rows = await readMemberships(db, userIds);
  const titles = await readTitles(db, [...delivered.values(), ...rows.map((row) => row.departmentId)]);
  const mainDepartments = await readMainDepartments(db, userIds);
  if (chunk.preview) addPreviewed(chunk.preview, { delivered, titles, mainDepartments, uids });
  const departments = new Map([...delivered].filter(([, id]) => titles.has(id)));
  const { protection } = chunk.run;
  const privileged = await privilegedRoles.names();
  const stored = await readOtherLinks(links, (await findChanging(records, departments)).flatMap(userIdsOf));
  const otherLinks = chunk.preview ? withNewHolders(stored, chunk.preview) : stored;
  const rowsByUser = groupBy(rows, (row) => row.userId);
  return {
    mainDepartments,
    rows: rowsByUser,
    usage: usageById(userIds, rowsByUser, otherLinks),
    departments,
    titles,
    otherLinks,
    protectedUsers: protectedFrom(protection, await findProtectedUsers(db, userIds, privileged)),
    protectedDepartments: await findProtectedDepartments(db, [...departments.values()], privileged, protection),
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

async function findChanging(
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

/** In a dry run: the departments and users that earlier plans would have created are there, and deleted ones are not. */
function addPreviewed(
  { madeDepartments, deletedDepartments, deletedUsers }: Preview,
  known: {
    readonly delivered: Map<string, string>;
    readonly titles: Map<string, string>;
    readonly mainDepartments: Map<string, string | null>;
    readonly uids: readonly string[];
  },
): void {
  known.mainDepartments.set(FUTURE_ROW, null);
  for (const id of deletedUsers) known.mainDepartments.delete(id);
  for (const id of deletedDepartments) known.titles.delete(id);
  for (const uid of known.uids) {
    const made = madeDepartments.get(uid);
    if (!made) continue;
    known.delivered.set(uid, String(made.id));
    known.titles.set(String(made.id), made.title);
  }
}

/** In a dry run: links that records would have left to others count as theirs. */
function withNewHolders(
  stored: MembershipSnapshot['otherLinks'],
  { replacedBy }: Preview,
): MembershipSnapshot['otherLinks'] {
  const holderOf = (id: PrimaryKey) => replacedBy.get(String(id)) ?? id;
  return new Map(
    [...stored].map(([id, links]) => [id, links.map((link) => ({ ...link, recordId: holderOf(link.recordId) }))]),
  );
}

function userIdsOf(tracked: TrackedUser): string[] {
  return tracked.links.filter((link) => link.resource === 'users').map((link) => link.resourcePk);
}

/** Whether the record gains or loses a link; only then it matters which other records claim the membership. */
function changesLinks({ record, links }: TrackedUser, departments: ReadonlyMap<string, string>): boolean {
  const linked = new Set(links.filter((link) => link.resource === DEPARTMENTS).map((link) => link.resourcePk));
  const wanted = record.isDeleted ? [] : (record.departments ?? []).flatMap(({ uid }) => departments.get(uid) ?? []);
  return wanted.length !== linked.size || wanted.some((id) => !linked.has(id));
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
