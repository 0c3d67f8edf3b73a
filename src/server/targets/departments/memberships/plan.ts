import { groupBy } from '../../../database/group-by';
import {
  failed,
  type FieldChanges,
  type Outcome,
  type PrimaryKey,
  type TargetChunk,
} from '../../../pipeline/contracts';
import type { Steps } from '../../../pacing';
import { nameOf, type Warning } from '../../../records/types';
import { mainDepartmentOf } from '../main-department';
import type { DepartmentRole } from '../../shared/protection';
import { DEPARTMENTS } from '../tree/links';
import type { MembershipPlan, MembershipRow, MembershipSnapshot, TrackedUser } from './types';

/**
 * Decides which memberships each user of a chunk gets and loses. Pure. A source removes only memberships that it made
 * and that no other source claims; a membership that somebody made by hand is adopted while the source delivers it and
 * stays when the source lets go. Nobody is put into a department that gives a role which the source must not give: the
 * record fails, and the rest of it is planned all the same.
 */
export function* planMemberships(chunk: TargetChunk, snapshot: MembershipSnapshot): Steps<MembershipPlan> {
  const outcomes: Outcome[] = [];
  const warnings: Warning[] = [];
  const added: MembershipRow[] = [];
  const ownership: MembershipRow[] = [];
  const removed: MembershipRow[] = [];
  const mainDepartments = new Map<string, string | null>();
  const newLinks: MembershipPlan['newLinks'][number][] = [];
  const obsoleteLinkIds: PrimaryKey[] = [];
  const awaited = new Map<PrimaryKey, readonly string[]>();
  for (const tracked of chunk.records as readonly TrackedUser[]) {
    planUser(tracked);
    yield;
  }
  const { sourceName } = chunk;
  return {
    dataType: 'user',
    sourceName,
    added,
    ownership,
    removed,
    mainDepartments,
    newLinks,
    obsoleteLinkIds,
    awaited,
    outcomes,
    warnings,
    deferred: [],
  };

  function planUser(tracked: TrackedUser): void {
    const { record } = tracked;
    const name = nameOf(record);
    const user = tracked.links.find((link) => link.resource === 'users');
    // Somebody may have deleted the user by hand: until the record comes again, there is nobody to be in a department.
    const userId = user && snapshot.mainDepartments.has(user.resourcePk) ? user.resourcePk : undefined;
    const delivered = record.isDeleted ? [] : record.departments;
    // Who is disabled stays where they are, to be there again when they come back; a purge leaves nothing to come back to.
    const stays = record.isDeleted && user?.inactive && !chunk.run.isPurge;
    if (delivered === undefined || stays || (userId === undefined && !record.isDeleted)) {
      outcomes.push({ uid: record.uid, name, action: 'unchanged' });
      return;
    }
    // A user may have become root, or an administrator, since the link was made.
    const protection = snapshot.protectedUsers.get(userId ?? '');
    if (userId !== undefined && protection) {
      outcomes.push(failed(tracked, name, 'PROTECTED_USER', { user: userId, protection }));
      return;
    }
    const rows = new Map((snapshot.rows.get(userId ?? '') ?? []).map((row) => [row.departmentId, row]));
    const before = [...rows.values()];
    const others = (snapshot.otherLinks.get(userId ?? '') ?? []).filter(
      (link) => String(link.recordId) !== String(tracked.id),
    );
    const own = tracked.links.filter((link) => link.resource === DEPARTMENTS);
    const ownByDepartment = new Map(own.map((link) => [link.resourcePk, link]));
    const othersByDepartment = groupBy(others, (link) => link.departmentId);
    const letsGo = record.isDeleted && chunk.run.removal.users === 'keep';
    const wanted = new Map<string, { isOwner: boolean; isMain: boolean }>();
    const missing: string[] = [];
    const refused: { readonly uid: string; readonly role: DepartmentRole }[] = [];
    for (const membership of delivered) {
      const departmentId = snapshot.departments.get(membership.uid);
      // Who is in such a department already gets nothing by it.
      const role = rows.has(departmentId ?? '') ? undefined : snapshot.closed.get(departmentId ?? '');
      if (departmentId === undefined) missing.push(membership.uid);
      else if (role) refused.push({ uid: membership.uid, role });
      else wanted.set(departmentId, membership);
    }
    awaited.set(tracked.id, missing);
    for (const department of missing)
      warnings.push({
        uid: record.uid,
        code: 'DEPARTMENT_NOT_FOUND',
        // What another dry run would have made is not there.
        params: { department, ...(chunk.preview ? { because: 'dryRun' } : {}) },
      });

    for (const [departmentId, { isOwner }] of wanted) {
      const row = rows.get(departmentId);
      const next = { userId: userId ?? '', departmentId, isOwner };
      if (!row) added.push(next);
      else if (row.isOwner !== isOwner) ownership.push(next);
      rows.set(departmentId, next);
      const link = ownByDepartment.get(departmentId);
      if (link && (row || !link.adopted)) continue;
      // What was there before the source has been taken away by hand: what is there now the source has made.
      if (link) obsoleteLinkIds.push(link.id);
      const claims = othersByDepartment.get(departmentId) ?? [];
      const adopted = row !== undefined && (claims.length === 0 || claims.some((link) => link.adopted));
      newLinks.push({ tracked, departmentId, adopted });
    }
    for (const link of own) {
      if (wanted.has(link.resourcePk)) continue;
      obsoleteLinkIds.push(link.id);
      const row = rows.get(link.resourcePk);
      const isKept = link.adopted || letsGo || othersByDepartment.has(link.resourcePk);
      if (!row || isKept) continue;
      removed.push(row);
      rows.delete(link.resourcePk);
    }

    const currentMain = snapshot.mainDepartments.get(userId ?? '');
    const deliveredMain = [...wanted].find(([, { isMain }]) => isMain)?.[0];
    const nextMain =
      currentMain === undefined
        ? undefined
        : String(deliveredMain ?? mainDepartmentOf(currentMain, [...rows.keys()]) ?? '') || null;
    if (userId !== undefined && nextMain !== undefined && nextMain !== currentMain)
      mainDepartments.set(userId, nextMain);

    const changes = changesOf(before, [...rows.values()], currentMain ?? null, nextMain ?? null);
    if (refused.length > 0) {
      // What else the record says is written all the same, so the outcome says what changed.
      const { uid: department, role } = refused.find((one) => one.role === 'privileged') ?? refused[0];
      const outcome = failed(tracked, name, 'PROTECTED_DEPARTMENT', { department, gives: role });
      outcomes.push({ ...outcome, rowId: userId, ...(Object.keys(changes).length > 0 ? { changes } : {}) });
      return;
    }
    const action = Object.keys(changes).length > 0 ? 'updated' : 'unchanged';
    outcomes.push({ uid: record.uid, name, action, rowId: userId, ...(action === 'updated' ? { changes } : {}) });
  }

  /** Memberships as a person would read them, by title. */
  function changesOf(
    before: readonly MembershipRow[],
    after: readonly MembershipRow[],
    oldMain: string | null,
    newMain: string | null,
  ): FieldChanges {
    const title = (id: string | null) => (id === null ? null : (snapshot.titles.get(id) ?? id));
    const titles = (rows: readonly MembershipRow[]) => rows.map((row) => title(row.departmentId)).sort();
    const owned = (rows: readonly MembershipRow[]) => titles(rows.filter((row) => row.isOwner));
    const pairs: [string, unknown, unknown][] = [
      ['departments', titles(before), titles(after)],
      ['ownedDepartments', owned(before), owned(after)],
      ['mainDepartment', title(oldMain), title(newMain)],
    ];
    const changed = pairs.filter(([, old, next]) => JSON.stringify(old) !== JSON.stringify(next));
    return Object.fromEntries(changed.map(([field, old, next]) => [field, { old, new: next }]));
  }
}
