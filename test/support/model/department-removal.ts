import { rowOf } from './circles';
import { putBackLater } from './department-arrival';
import { keepMain } from './memberships';
import type { ModelSource, OrganisationModel } from './organisation-model';

/** Removes departments as their source decides, all judged before any goes. Says what became of each. */
export function removeDepartments(
  model: OrganisationModel,
  source: ModelSource,
  uids: readonly string[],
): Map<string, string> {
  const fates = new Map(uids.map((uid) => [uid, fateOf(model, source, uid)]));
  for (const [uid, fate] of fates) {
    const entry = source.departments.get(uid);
    if (!entry) continue;
    entry.awaits.clear();
    if (fate === 'failed') continue;
    const id = entry.departmentId;
    entry.departmentId = undefined;
    if (id === undefined) continue;
    putBackLater(source, id, uid);
    if (fate === 'deleted') takeOut(model, source, id, uid);
    if (fate === 'unlinked') leave(model, source, id, uid, fates);
  }
  return fates;
}

function fateOf(model: OrganisationModel, source: ModelSource, uid: string): string {
  const row = rowOf(model, source.departments.get(uid));
  if (!row) return 'unchanged';
  if (source.removal.departments === 'keep') return 'unlinked';
  const own = new Set([...source.departments.values()].map(({ departmentId }) => departmentId));
  const isNeeded =
    model.memberships.some(({ departmentId, origin }) => departmentId === row.id && origin !== source.key) ||
    model.childrenOf(row.id).some(({ id }) => !own.has(id));
  return isNeeded ? 'failed' : 'deleted';
}

/** It stays as it is, with its members and children; those belong to nobody there, and wait for it to come back. */
function leave(
  model: OrganisationModel,
  source: ModelSource,
  id: string,
  uid: string,
  fates: ReadonlyMap<string, string>,
): void {
  for (const membership of model.memberships)
    if (membership.departmentId === id && membership.origin === source.key) membership.origin = 'hand';
  const children = new Set(model.childrenOf(id).map((child) => child.id));
  for (const [otherUid, { departmentId, awaits }] of source.departments)
    if (departmentId !== undefined && children.has(departmentId) && !fates.has(otherUid)) awaits.add(uid);
}

/** Children go to the top level until it is back. */
function takeOut(model: OrganisationModel, source: ModelSource, id: string, uid: string): void {
  for (const child of model.childrenOf(id)) {
    child.parentId = null;
    for (const other of source.departments.values()) if (other.departmentId === child.id) other.awaits.add(uid);
  }
  const members = model.memberships.filter(({ departmentId }) => departmentId === id);
  model.removeDepartment(id);
  for (const { userId } of members) {
    const user = model.users.get(userId);
    if (user) keepMain(model, user);
  }
}
