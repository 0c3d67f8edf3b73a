import type { Database } from '@nocobase/database';
import { groupBy } from '../../../database/group-by';
import { loadInSlices } from '../../../database/slices';
import type { LinkStore } from '../../../links';
import type { PrimaryKey, TargetChunk } from '../../../pipeline/contracts';
import { FUTURE_ROW, type Preview } from '../../../pipeline/preview-state';
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
  const mainDepartments = await readMainDepartments(db, userIds);
  if (chunk.preview) foresee(chunk.preview, { delivered, titles, mainDepartments, uids });
  const departments = new Map([...delivered].filter(([, id]) => titles.has(id)));
  return {
    mainDepartments,
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
