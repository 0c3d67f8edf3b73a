import { FutureTree, rowOf, type Moving } from './circles';
import type { ModelSource, OrganisationModel } from './organisation-model';

/** Finds the row that the database has given to a record. */
export type NewId = (uid: string) => string;

/** What becomes of a department that would be above itself by what is said of all: it stays where it is, or is not made. */
export const ON_CIRCLE = 'on a circle';

/** Gives departments their titles and places. Says what became of each. */
export function arriveDepartments(
  model: OrganisationModel,
  source: ModelSource,
  moving: readonly Moving[],
  newId: NewId,
): Map<string, string> {
  const outcomes = new Map<string, string>();
  const ownParents = moving.filter(({ uid, entry }) => entry.said.parentUid === uid);
  for (const { uid } of ownParents) outcomes.set(uid, 'failed');
  let placed: Moving[];
  let tree: FutureTree;
  for (;;) {
    placed = moving.filter(({ uid }) => !outcomes.has(uid));
    tree = new FutureTree(model, source, placed);
    const losers = placed.filter((item) => tree.isMovedOntoCircle(item));
    if (losers.length === 0) break;
    for (const { uid } of losers) outcomes.set(uid, ON_CIRCLE);
  }
  const waiting = new Set(placed.filter((item) => tree.isWaiting(item)));
  for (const item of placed) outcomes.set(item.uid, writeTitle(model, source, item, newId));
  for (const item of placed) {
    const { said } = item.entry;
    item.entry.awaits = new Set(waiting.has(item) && said.parentUid !== null ? [said.parentUid] : []);
    if (waiting.has(item)) continue;
    const parent = said.parentUid === null ? undefined : rowOf(model, source.departments.get(said.parentUid));
    const department = rowOf(model, item.entry);
    if (!department || department.parentId === (parent?.id ?? null)) continue;
    department.parentId = parent?.id ?? null;
    if (outcomes.get(item.uid) === 'unchanged') outcomes.set(item.uid, 'updated');
  }
  return outcomes;
}

function writeTitle(model: OrganisationModel, source: ModelSource, { uid, entry }: Moving, newId: NewId): string {
  const { title } = entry.said;
  const row = rowOf(model, entry);
  if (row) {
    const isChanged = row.title !== title;
    row.title = title;
    return isChanged ? 'updated' : 'unchanged';
  }
  const former = entry.departmentId;
  const id = newId(uid);
  if (model.departments.has(id)) throw new Error(`${uid} is linked to department ${id}, which was there before`);
  model.departments.set(id, { id, title, parentId: null });
  entry.departmentId = id;
  if (former !== undefined) putBackLater(source, former, uid);
  return 'created';
}

/** Members of a department that has gone are members again when it is back. */
export function putBackLater(source: ModelSource, departmentId: string, uid: string): void {
  for (const { claims, awaits } of source.users.values()) if (claims.delete(departmentId)) awaits.add(uid);
}
