import type { Database } from '@nocobase/database';
import { groupBy } from '../../../database/group-by';
import { readInPages } from '../../../database/read-pages';
import { loadInSlices } from '../../../database/slices';
import type { MessageParams } from '../../../errors';
import type { Claim, LinkStore } from '../../../links';
import type { PrimaryKey, TargetChunk } from '../../../pipeline/contracts';
import type { FieldCatalogue } from '../../shared/field-catalogue';
import { protectedAmong, untouchable, type PrivilegedRoles } from '../../shared/protection';
import type { RemovalChecks } from '../../shared/removal-checks';
import { DEPARTMENTS } from './links';
import { Tree, type TreeNode } from './tree';
import type { DepartmentDependents, DepartmentRow, TrackedDepartment, TreeSnapshot } from './types';

/** What reading departments needs of the application. */
export interface DepartmentReader {
  readonly db: Database;
  readonly links: LinkStore;
  readonly removalChecks: RemovalChecks;
  readonly privilegedRoles: PrivilegedRoles;
}

/** Reads what planning a chunk of departments needs, with few statements for each kind of thing. */
export async function snapshotTree(
  reader: DepartmentReader,
  chunk: TargetChunk,
  catalogue: FieldCatalogue,
): Promise<TreeSnapshot> {
  const { db, links, removalChecks } = reader;
  const records = chunk.records as readonly TrackedDepartment[];
  const nodes = await readTree(db);
  const pksOf = (tracked: TrackedDepartment) =>
    tracked.links.filter((link) => link.resource === DEPARTMENTS).map((link) => link.resourcePk);

  const delivered = catalogue.writable(records.flatMap(({ record }) => Object.keys(record.fields)));
  const linkedIds = records.flatMap(pksOf);
  const linked = await loadInSlices<string, DepartmentRow>(linkedIds, (id) =>
    db.getModel(DEPARTMENTS).findAll({
      where: { id },
      attributes: [...new Set(['id', 'title', ...delivered])],
      raw: true,
    }),
  );

  const parentUids = [
    ...new Set(records.flatMap(({ record }) => (record.parentUid === null ? [] : [record.parentUid]))),
  ];
  const parents = await links.rowsOf(chunk.sourceName, 'department', DEPARTMENTS, parentUids);

  const removedIds = new Set(records.filter(({ record }) => record.isDeleted).flatMap(pksOf));
  const staleIds = linkedIds.filter((id) => !nodes.has(id));
  const childIds = [...nodes]
    .filter(([, { parentId }]) => parentId !== null && removedIds.has(parentId))
    .map(([id]) => id);
  const ownChildren = new Map(
    (await links.claims(DEPARTMENTS, childIds))
      .filter(({ sourceName, dataType }) => sourceName === chunk.sourceName && dataType === 'department')
      .map(({ resourcePk, recordId }) => [resourcePk, recordId]),
  );
  const foreignChildren = new Map<string, number>();
  for (const childId of childIds) {
    const parentId = nodes.get(childId)?.parentId;
    if (parentId && !ownChildren.has(childId)) foreignChildren.set(parentId, (foreignChildren.get(parentId) ?? 0) + 1);
  }
  const there = [...removedIds].filter((id) => nodes.has(id));
  const checked = await removalChecks.reasons(DEPARTMENTS, there, chunk);
  const dependents = await dependentsOf(reader, chunk, [...removedIds, ...staleIds], foreignChildren, checked);
  return {
    nodes,
    linked: new Map(linked.map((row) => [String(row.id), row])),
    parents,
    dependents,
    ownChildren,
    uids: await uidsOnCycles(links, records, nodes, parents),
  };
}

async function readTree(db: Database): Promise<Map<string, TreeNode>> {
  const query = { attributes: ['id', 'parentId', 'isLeaf'] };
  const rows = await readInPages<{ id: PrimaryKey; parentId: PrimaryKey | null; isLeaf: unknown }>(
    db.getModel(DEPARTMENTS),
    query,
    'id',
  );
  return new Map(
    rows.map(({ id, parentId, isLeaf }) => [
      String(id),
      { parentId: parentId === null ? null : String(parentId), isLeaf: isLeaf === null ? null : Boolean(isLeaf) },
    ]),
  );
}

/** Who and what hangs on departments. A membership is the source's own when its link says that the source made it. */
async function dependentsOf(
  { db, links, privilegedRoles }: DepartmentReader,
  { sourceName, preview, run }: TargetChunk,
  ids: readonly string[],
  foreignChildren: ReadonlyMap<string, number>,
  checked: ReadonlyMap<string, string>,
): Promise<Map<string, DepartmentDependents>> {
  const claims = await links.claims(DEPARTMENTS, ids);
  const userClaims = claims.filter((claim) => claim.dataType === 'user' && claim.sourceName === sourceName);
  const userLinks = await links.of(userClaims.map((claim) => claim.recordId));
  const userIdOf = (claim: Claim) =>
    userLinks.get(String(claim.recordId))?.find((link) => link.resource === 'users')?.resourcePk;
  const members = await loadInSlices<string, { userId: PrimaryKey; departmentId: PrimaryKey }>(ids, (departmentId) =>
    db.getModel('departmentsUsers').findAll({
      attributes: ['userId', 'departmentId'],
      where: { departmentId },
      raw: true,
    }),
  );
  const ownByDepartment = groupBy(userClaims, (claim) => claim.resourcePk);
  const membersByDepartment = groupBy(members, (row) => String(row.departmentId));
  const memberIds = [...new Set(members.map(({ userId }) => userId))];
  // Their memberships are not a source's to take away, even when it made them.
  const untouchableUsers =
    memberIds.length === 0
      ? new Map<string, unknown>()
      : untouchable(await protectedAmong(db, memberIds, await privilegedRoles.names()), run.protection);
  const claimedByOthers = new Set(
    claims
      .filter((claim) => claim.dataType === 'department' && claim.sourceName !== sourceName)
      .map((claim) => claim.resourcePk),
  );

  return new Map(
    ids.map((id) => {
      const own = ownByDepartment.get(id) ?? [];
      const ownUserIds = new Set(own.filter((claim) => !claim.adopted).map(userIdOf));
      const foreignMembers = (membersByDepartment.get(id) ?? [])
        .map(({ userId }) => String(userId))
        .filter((userId) => !ownUserIds.has(userId) || untouchableUsers.has(userId))
        .filter((userId) => !preview?.deletedUsers.has(userId));
      return [
        id,
        {
          isClaimedByOthers: claimedByOthers.has(id),
          foreign: foreignTo(foreignMembers.length, foreignChildren.get(id) ?? 0, checked.get(id)),
          memberships: own.map(({ id: linkId, recordId }) => ({ linkId, recordId })),
        },
      ];
    }),
  );
}

function foreignTo(members: number, children: number, reason: string | undefined): MessageParams | null {
  if (members > 0 || children > 0)
    return { dependents: children === 0 ? 'members' : members === 0 ? 'children' : 'both', members, children };
  return reason === undefined ? null : { dependents: 'other', reason };
}

/** Uids of the departments on circles that the chunk would close, so that messages can name them. */
async function uidsOnCycles(
  links: LinkStore,
  records: readonly TrackedDepartment[],
  nodes: ReadonlyMap<string, TreeNode>,
  parents: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const tree = new Tree(nodes);
  const ids = new Set<string>();
  for (const { record, links: own } of records) {
    const id = own.find((link) => link.resource === DEPARTMENTS)?.resourcePk;
    const parentId = record.parentUid === null ? undefined : parents.get(record.parentUid);
    if (id === undefined || parentId === undefined || !nodes.has(parentId)) continue;
    const lineage = tree.lineage(parentId);
    if (lineage.includes(id)) lineage.forEach((ancestor) => ids.add(ancestor));
  }
  const claims = await links.claims(DEPARTMENTS, [...ids]);
  return new Map(
    claims.filter(({ dataType }) => dataType === 'department').map(({ resourcePk, uid }) => [resourcePk, uid]),
  );
}
