import {
  failed,
  type FieldChanges,
  type Outcome,
  type PrimaryKey,
  type TargetChunk,
} from '../../../pipeline/contracts';
import { nameOf, type Warning } from '../../../records/types';
import { mainDepartmentOf } from '../main-department';
import { DEPARTMENTS } from '../tree/links';
import type { MembershipPlan, MembershipRow, MembershipSnapshot, TrackedUser } from './types';

/**
 * Decides which memberships each user of a chunk gets and loses. Pure. A source removes only memberships that it made
 * and that no other source claims; a membership that somebody made by hand is adopted while the source delivers it and
 * stays when the source lets go.
 */
export function planMemberships(chunk: TargetChunk, snapshot: MembershipSnapshot): MembershipPlan {
  const outcomes: Outcome[] = [];
  const warnings: Warning[] = [];
  const added: MembershipRow[] = [];
  const ownership: MembershipRow[] = [];
  const removed: MembershipRow[] = [];
  const mainDepartments = new Map<string, string | null>();
  const newLinks: MembershipPlan['newLinks'][number][] = [];
  const obsoleteLinkIds: PrimaryKey[] = [];
  const awaited = new Map<PrimaryKey, readonly string[]>();
  for (const tracked of chunk.records as readonly TrackedUser[]) planUser(tracked);
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
    // A user may have become root since the link was made.
    if (userId !== undefined && snapshot.protectedIds.has(userId)) {
      outcomes.push(failed(tracked, name, 'PROTECTED_USER', { user: userId }));
      return;
    }
    const rows = new Map((snapshot.rows.get(userId ?? '') ?? []).map((row) => [row.departmentId, row]));
    const before = [...rows.values()];
    const others = (snapshot.otherLinks.get(userId ?? '') ?? []).filter(
      (link) => String(link.recordId) !== String(tracked.id),
    );
    const own = tracked.links.filter((link) => link.resource === DEPARTMENTS);
    const letsGo = record.isDeleted && chunk.run.removal.users === 'keep';
    const wanted = new Map<string, { isOwner: boolean; isMain: boolean }>();
    const missing: string[] = [];
    for (const membership of delivered) {
      const departmentId = snapshot.departments.get(membership.uid);
      if (departmentId === undefined) missing.push(membership.uid);
      else wanted.set(departmentId, membership);
    }
    awaited.set(tracked.id, missing);
    warnings.push(
      ...missing.map((department) => ({
        uid: record.uid,
        code: 'DEPARTMENT_NOT_FOUND' as const,
        params: { department },
      })),
    );

    for (const [departmentId, { isOwner }] of wanted) {
      const row = rows.get(departmentId);
      const next = { userId: userId ?? '', departmentId, isOwner };
      if (!row) added.push(next);
      else if (row.isOwner !== isOwner) ownership.push(next);
      rows.set(departmentId, next);
      const link = own.find(({ resourcePk }) => resourcePk === departmentId);
      if (link && (row || !link.adopted)) continue;
      // What was there before the source has been taken away by hand: what is there now the source has made.
      if (link) obsoleteLinkIds.push(link.id);
      const claims = others.filter((link) => link.departmentId === departmentId);
      const adopted = row !== undefined && (claims.length === 0 || claims.some((link) => link.adopted));
      newLinks.push({ tracked, departmentId, adopted });
    }
    for (const link of own) {
      if (wanted.has(link.resourcePk)) continue;
      obsoleteLinkIds.push(link.id);
      const row = rows.get(link.resourcePk);
      const isKept = link.adopted || letsGo || others.some((other) => other.departmentId === link.resourcePk);
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
