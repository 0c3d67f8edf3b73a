import type { Database } from '@nocobase/database';
import type { LinkStore } from '../../../links';
import type { PrimaryKey, TargetChunk } from '../../../pipeline/contracts';
import { protectedIdsAmong } from '../../shared/protected-users';
import { DEPARTMENTS } from '../tree/links';
import type { MembershipRow, MembershipSnapshot, OtherMembershipLink, TrackedUser } from './types';

/** Reads what planning the memberships of a chunk of users needs, with one statement for each kind of thing. */
export async function snapshotMemberships(
  db: Database,
  links: LinkStore,
  chunk: TargetChunk,
): Promise<MembershipSnapshot> {
  const records = (chunk.records as readonly TrackedUser[]).filter(
    ({ record }) => record.departments !== undefined || record.isDeleted,
  );
  const userIds = records.flatMap(userIdsOf);
  const uids = [...new Set(records.flatMap(({ record }) => record.departments?.map(({ uid }) => uid) ?? []))];
  const delivered = await links.rowsOf(chunk.sourceName, 'department', DEPARTMENTS, uids);
  const rows = await readMemberships(db, userIds);
  const titles = await readTitles(db, [...delivered.values(), ...rows.map((row) => row.departmentId)]);
  const departments = new Map([...delivered].filter(([, id]) => titles.has(id)));
  return {
    mainDepartments: await readMainDepartments(db, userIds),
    rows: groupBy(rows, (row) => row.userId),
    departments,
    titles,
    otherLinks: await readOtherLinks(
      links,
      records.filter((tracked) => changesLinks(tracked, departments)).flatMap(userIdsOf),
    ),
    protectedIds: await protectedIdsAmong(db, userIds),
  };
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
  if (userIds.length === 0) return [];
  const rows = (await db.getModel('departmentsUsers').findAll({
    attributes: ['userId', 'departmentId', 'isOwner'],
    where: { userId: [...userIds] },
    raw: true,
  })) as unknown as { userId: PrimaryKey; departmentId: PrimaryKey; isOwner: unknown }[];
  return rows.map(({ userId, departmentId, isOwner }) => ({
    userId: String(userId),
    departmentId: String(departmentId),
    isOwner: Boolean(isOwner),
  }));
}

async function readTitles(db: Database, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = (await db.getModel(DEPARTMENTS).findAll({
    attributes: ['id', 'title'],
    where: { id: [...new Set(ids)] },
    raw: true,
  })) as unknown as { id: PrimaryKey; title: string | null }[];
  return new Map(rows.map(({ id, title }) => [String(id), title ?? String(id)]));
}

async function readMainDepartments(db: Database, userIds: readonly string[]): Promise<Map<string, string | null>> {
  if (userIds.length === 0) return new Map();
  const rows = (await db.getModel('users').findAll({
    attributes: ['id', 'mainDepartmentId'],
    where: { id: [...userIds] },
    raw: true,
  })) as unknown as { id: PrimaryKey; mainDepartmentId: PrimaryKey | null }[];
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

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
