import type { Database } from '@nocobase/database';
import { groupBy } from '../../database/group-by';
import { loadInSlices } from '../../database/slices';
import type { MessageParams } from '../../errors';
import { findProtectedUsers, protectedFrom, type PrivilegedRoles } from '../../host/protection';
import type { Claim, LinkStore } from '../../links';
import type { PrimaryKey } from '../../model/primary-key';
import type { DepartmentRecord } from '../../model/records';
import type { TargetChunk } from '../../pipeline/contracts';
import type { Preview } from '../../pipeline/preview-state';
import type { FieldCatalogue } from '../shared/field-catalogue';
import type { RemovalChecks } from '../shared/removal-checks';
import { DEPARTMENTS } from '../shared/resources';
import { readUsage, usageById, type DepartmentUsage } from './basis';
import { readTree } from './read-tree';
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
  chunk: TargetChunk<DepartmentRecord>,
  catalogue: FieldCatalogue,
): Promise<TreeSnapshot> {
  const { db, links, removalChecks } = reader;
  const { records, preview } = chunk;
  const nodes = await readTree(db);
  if (preview) foresee(preview, nodes);
  const pksOf = (tracked: TrackedDepartment) =>
    tracked.links.filter((link) => link.resource === DEPARTMENTS).map((link) => link.resourcePk);

  const delivered = catalogue.writable(records.flatMap(({ record }) => Object.keys(record.fields)));
  const linkedIds = records.flatMap(pksOf);
  const linked = await readLinked(db, linkedIds, delivered);

  const parentUids = [
    ...new Set(records.flatMap(({ record }) => (record.parentUid === null ? [] : [record.parentUid]))),
  ];
  const parents = await links.rowsOf(chunk.sourceName, 'department', DEPARTMENTS, parentUids);
  const made = new Map<string, string>();
  for (const [uid, { id }] of preview?.madeDepartments ?? []) {
    made.set(String(id), uid);
    parents.set(uid, String(id));
  }

  const removedIds = new Set(records.filter(({ record }) => record.isDeleted).flatMap(pksOf));
  const staleIds = linkedIds.filter((id) => !nodes.has(id));
  const { ownChildren, otherChildren } = await readChildren(links, chunk.sourceName, nodes, removedIds, made);
  const existingIds = [...removedIds].filter((id) => nodes.has(id));
  const checked = await removalChecks.reasons(DEPARTMENTS, existingIds, chunk);
  const judgedIds = [...removedIds, ...staleIds];
  const usage = await readUsage(reader, judgedIds);
  const dependents = await readDependents(reader, chunk, judgedIds, usage, otherChildren, checked);
  return {
    nodes,
    usage: usageById(judgedIds, usage),
    linked: new Map(linked.map((row) => [String(row.id), row])),
    parents,
    dependents,
    ownChildren,
    uids: new Map([...made, ...(await uidsOnCycles(links, records, nodes, parents))]),
  };
}

function readLinked(db: Database, ids: readonly string[], fields: readonly string[]): Promise<DepartmentRow[]> {
  const attributes = [...new Set(['id', 'title', ...fields])];
  return loadInSlices<string, DepartmentRow>(ids, (id) =>
    db.getModel(DEPARTMENTS).findAll({ where: { id }, attributes, raw: true }),
  );
}

/** Children of departments that are to be removed: those of the source by their id, and how many others each has. */
async function readChildren(
  links: LinkStore,
  source: string,
  nodes: ReadonlyMap<string, TreeNode>,
  removedIds: ReadonlySet<string>,
  made: ReadonlyMap<string, string>,
): Promise<{ ownChildren: Map<string, PrimaryKey>; otherChildren: Map<string, number> }> {
  const children = [...nodes].flatMap(([id, { parentId }]) =>
    parentId !== null && removedIds.has(parentId) ? [{ id, parentId }] : [],
  );
  const claims = await links.claims(
    DEPARTMENTS,
    children.map(({ id }) => id),
  );
  const ownChildren = new Map(
    claims
      .filter(({ sourceName, dataType }) => sourceName === source && dataType === 'department')
      .map(({ resourcePk, recordId }) => [resourcePk, recordId]),
  );
  const otherChildren = new Map<string, number>();
  for (const { id, parentId } of children)
    if (!ownChildren.has(id) && !made.has(id)) otherChildren.set(parentId, (otherChildren.get(parentId) ?? 0) + 1);
  return { ownChildren, otherChildren };
}

/** In a dry run: where departments would stand by now. */
function foresee({ parents, deletedDepartments }: Preview, nodes: Map<string, TreeNode>): void {
  for (const [id, parentId] of parents) nodes.set(id, { isLeaf: null, ...nodes.get(id), parentId });
  for (const id of deletedDepartments) nodes.delete(id);
}

/** What depends on departments. A membership is the source's own when its link says that the source made it. */
async function readDependents(
  { db, links, privilegedRoles }: DepartmentReader,
  { sourceName, preview, run }: TargetChunk<DepartmentRecord>,
  ids: readonly string[],
  { claims, members }: DepartmentUsage,
  otherChildren: ReadonlyMap<string, number>,
  checked: ReadonlyMap<string, string>,
): Promise<Map<string, DepartmentDependents>> {
  const userClaims = claims.filter((claim) => claim.dataType === 'user' && claim.sourceName === sourceName);
  const userLinks = await links.of(userClaims.map((claim) => claim.recordId));
  const userIdOf = (claim: Claim) =>
    userLinks.get(String(claim.recordId))?.find((link) => link.resource === 'users')?.resourcePk;
  const ownByDepartment = groupBy(userClaims, (claim) => claim.resourcePk);
  const membersByDepartment = groupBy(members, (row) => String(row.departmentId));
  const memberIds = [...new Set(members.map(({ userId }) => userId))];
  // A source must not remove the memberships of protected users, even when it made them.
  const protectedUsers =
    memberIds.length === 0
      ? new Map<string, unknown>()
      : protectedFrom(run.protection, await findProtectedUsers(db, memberIds, await privilegedRoles.names()));
  const claimedByOthers = new Set(
    claims
      .filter((claim) => claim.dataType === 'department' && claim.sourceName !== sourceName)
      .map((claim) => claim.resourcePk),
  );

  return new Map(
    ids.map((id) => {
      const own = ownByDepartment.get(id) ?? [];
      const ownUserIds = new Set(own.filter((claim) => !claim.adopted).map(userIdOf));
      const otherMembers = (membersByDepartment.get(id) ?? [])
        .map(({ userId }) => String(userId))
        .filter((userId) => !ownUserIds.has(userId) || protectedUsers.has(userId))
        .filter((userId) => !preview?.deletedUsers.has(userId));
      return [
        id,
        {
          isClaimedByOthers: claimedByOthers.has(id),
          keptBy: keptBy(otherMembers.length, otherChildren.get(id) ?? 0, checked.get(id)),
          memberships: own.map(({ id: linkId, recordId }) => ({ linkId, recordId })),
        },
      ];
    }),
  );
}

function keptBy(members: number, children: number, reason: string | undefined): MessageParams | null {
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
