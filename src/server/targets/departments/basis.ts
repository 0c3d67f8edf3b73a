import type { Database } from '@nocobase/database';
import type { Transaction } from 'sequelize';
import { groupBy } from '../../database/group-by';
import { lockRows } from '../../database/lock-rows';
import { loadInSlices } from '../../database/slices';
import type { Claim, LinkStore } from '../../links';
import type { PrimaryKey } from '../../model/primary-key';
import { StalePlan } from '../../pipeline/contracts';
import { DEPARTMENTS } from '../shared/resources';
import { readTree } from './read-tree';
import type { TreeNode } from './tree';
import type { TreePlan } from './types';

/** Who claims departments, and who is in them. */
export interface DepartmentUsage {
  readonly claims: readonly Claim[];
  readonly members: readonly { readonly userId: PrimaryKey; readonly departmentId: PrimaryKey }[];
}

export async function readUsage(
  { db, links }: { readonly db: Database; readonly links: LinkStore },
  ids: readonly string[],
  transaction?: Transaction,
): Promise<DepartmentUsage> {
  const claims = await links.claims(DEPARTMENTS, ids, transaction);
  const members = await loadInSlices<string, DepartmentUsage['members'][number]>(ids, (departmentId) =>
    db.getModel('departmentsUsers').findAll({
      attributes: ['userId', 'departmentId'],
      where: { departmentId },
      raw: true,
      transaction,
    }),
  );
  return { claims, members };
}

/** The usage of each department as a text, which is another one when anything about it has changed. */
export function usageById(ids: readonly string[], { claims, members }: DepartmentUsage): Map<string, string> {
  const claimsOf = groupBy(claims, ({ resourcePk }) => resourcePk);
  const membersOf = groupBy(members, ({ departmentId }) => String(departmentId));
  return new Map(
    ids.map((id) => {
      const claimed = (claimsOf.get(id) ?? []).map(({ id: linkId }) => String(linkId)).sort();
      const userIds = (membersOf.get(id) ?? []).map(({ userId }) => String(userId)).sort();
      return [id, `${claimed.join(' ')}/${userIds.join(' ')}`];
    }),
  );
}

/** Locks the tree, and fails with `StalePlan` when it, or what hangs on what is removed, is not what was planned for. */
export async function requireSameTree(
  { basis, creates, updates, deletedIds, obsoleteLinkIds }: TreePlan,
  { db, links }: { readonly db: Database; readonly links: LinkStore },
  transaction: Transaction,
): Promise<void> {
  if ([creates, updates, deletedIds, obsoleteLinkIds].every((items) => items.length === 0)) return;
  await lockRows(db.getModel(DEPARTMENTS), basis.nodes.keys(), transaction);
  const nodes = await readTree(db, transaction);
  if (!isSameTree(basis.nodes, nodes)) throw new StalePlan();
  const ids = [...basis.usage.keys()];
  if (ids.length === 0) return;
  const now = usageById(ids, await readUsage({ db, links }, ids, transaction));
  if (ids.some((id) => basis.usage.get(id) !== now.get(id))) throw new StalePlan();
}

function isSameTree(before: ReadonlyMap<string, TreeNode>, now: ReadonlyMap<string, TreeNode>): boolean {
  if (before.size !== now.size) return false;
  for (const [id, { parentId, isLeaf }] of now) {
    const node = before.get(id);
    if (!node || node.parentId !== parentId || node.isLeaf !== isLeaf) return false;
  }
  return true;
}
