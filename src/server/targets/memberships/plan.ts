import { groupBy } from '../../database/group-by';
import type { Outcome } from '../../model/outcome';
import type { PrimaryKey } from '../../model/primary-key';
import { nameOf, type Membership, type Warning, type UserRecord } from '../../model/records';
import type { TrackedUser } from '../../model/tracked-record';
import type { Steps } from '../../pacing';
import type { TargetChunk } from '../../pipeline/contracts';
import { mainDepartmentOf } from '../shared/main-department';
import { DEPARTMENTS } from '../shared/resources';
import { outcomeOf, protectedOutcome } from './outcomes';
import type {
  MembershipPlan,
  MembershipRow,
  MembershipSnapshot,
  NewMembershipLink,
  OtherMembershipLink,
} from './types';
import { readWanted, type Wanted } from './wanted';

/**
 * Decides which memberships each user of a chunk gets and loses. Pure. A source removes only memberships that it made
 * and that no other source claims; a membership that somebody made by hand is adopted while the source delivers it and
 * stays when the source unlinks it. Nobody is put into a department that gives a role which the source must not give:
 * the record fails, and the rest of it is planned all the same.
 */
export function* planMemberships(chunk: TargetChunk<UserRecord>, snapshot: MembershipSnapshot): Steps<MembershipPlan> {
  const draft = new MembershipDraft(chunk.sourceName);
  for (const tracked of chunk.records) {
    planRecord(tracked, chunk, snapshot, draft);
    yield;
  }
  return draft;
}

/** A plan while it is made. */
class MembershipDraft implements MembershipPlan {
  readonly added: MembershipRow[] = [];
  readonly ownerChanges: MembershipRow[] = [];
  readonly removed: MembershipRow[] = [];
  readonly mainDepartments = new Map<string, string | null>();
  readonly newLinks: NewMembershipLink[] = [];
  readonly obsoleteLinkIds: PrimaryKey[] = [];
  readonly awaited = new Map<PrimaryKey, readonly string[]>();
  readonly outcomes: Outcome[] = [];
  readonly warnings: Warning[] = [];
  readonly deferred = [];
  readonly basis = { usage: new Map<string, string>(), changing: new Set<string>() };

  constructor(readonly sourceName: string) {}

  /** How much is to be written by now. */
  get size(): number {
    const lists = [this.added, this.ownerChanges, this.removed, this.newLinks, this.obsoleteLinkIds];
    return lists.reduce((sum, { length }) => sum + length, this.mainDepartments.size);
  }

  /** Whatever is written about the user builds on what was read of that user. */
  buildOn(userId: string, { usage, otherLinks }: MembershipSnapshot): void {
    this.basis.usage.set(userId, usage.get(userId) ?? '');
    if (otherLinks.has(userId)) this.basis.changing.add(userId);
  }
}

/** The memberships of one user: as they are, and as they will be. */
interface UserMemberships {
  readonly tracked: TrackedUser;
  /** Empty for a user that does not exist any more. */
  readonly userId: string;
  /** Department → the row; changed while the plan is made. */
  readonly rows: Map<string, MembershipRow>;
  /** Department → links of other records to the same membership. */
  readonly othersByDepartment: ReadonlyMap<string, readonly OtherMembershipLink[]>;
}

function planRecord(
  tracked: TrackedUser,
  chunk: TargetChunk<UserRecord>,
  snapshot: MembershipSnapshot,
  draft: MembershipDraft,
): void {
  const { record } = tracked;
  const userId = existingUserOf(tracked, snapshot);
  const delivered = record.isDeleted ? [] : record.departments;
  if (delivered === undefined || keepsMemberships(tracked, userId, chunk)) {
    draft.outcomes.push({ uid: record.uid, name: nameOf(record), action: 'unchanged' });
    return;
  }
  // A user may have become root, or an administrator, since the link was made.
  const protection = snapshot.protectedUsers.get(userId ?? '');
  if (userId !== undefined && protection) draft.outcomes.push(protectedOutcome(tracked, userId, protection));
  else planUser(tracked, userId, delivered, chunk, snapshot, draft);
}

/** Somebody may have deleted the user by hand: until the record is delivered again, it has no user. */
function existingUserOf(tracked: TrackedUser, { mainDepartments }: MembershipSnapshot): string | undefined {
  const user = userLinkOf(tracked);
  return user && mainDepartments.has(user.resourcePk) ? user.resourcePk : undefined;
}

/**
 * Whether there is nothing to do for a record. A user who is disabled keeps the memberships, to have them when enabled
 * again; a purge removes them, because nothing is enabled again after it.
 */
function keepsMemberships(tracked: TrackedUser, userId: string | undefined, { run }: TargetChunk<UserRecord>): boolean {
  if (!tracked.record.isDeleted) return userId === undefined;
  return Boolean(userLinkOf(tracked)?.inactive) && !run.isPurge;
}

const userLinkOf = ({ links }: TrackedUser) => links.find((link) => link.resource === 'users');

function planUser(
  tracked: TrackedUser,
  userId: string | undefined,
  delivered: readonly Membership[],
  chunk: TargetChunk<UserRecord>,
  snapshot: MembershipSnapshot,
  draft: MembershipDraft,
): void {
  const size = draft.size;
  const user = readMemberships(tracked, userId, snapshot);
  const before = [...user.rows.values()];
  const wanted = readWanted(delivered, user.rows, snapshot);
  awaitMissing(tracked, wanted, chunk, draft);
  addWanted(user, wanted, draft);
  removeUnwanted(user, wanted, chunk, draft);
  const mainBefore = snapshot.mainDepartments.get(user.userId);
  const mainAfter = chooseMain(user, wanted, mainBefore);
  if (userId !== undefined && mainAfter !== undefined && mainAfter !== mainBefore)
    draft.mainDepartments.set(userId, mainAfter);
  if (userId !== undefined && draft.size > size) draft.buildOn(userId, snapshot);
  const after = { rows: [...user.rows.values()], main: mainAfter ?? null };
  const change = { before: { rows: before, main: mainBefore ?? null }, after };
  draft.outcomes.push(outcomeOf(tracked, userId, change, wanted.refused, snapshot));
}

function readMemberships(tracked: TrackedUser, userId = '', { rows, otherLinks }: MembershipSnapshot): UserMemberships {
  const others = (otherLinks.get(userId) ?? []).filter((link) => String(link.recordId) !== String(tracked.id));
  return {
    tracked,
    userId,
    rows: new Map((rows.get(userId) ?? []).map((row) => [row.departmentId, row])),
    othersByDepartment: groupBy(others, (link) => link.departmentId),
  };
}

/** Departments that do not exist yet are remembered, with a warning each. */
function awaitMissing(
  { id, record }: TrackedUser,
  { missing }: Wanted,
  { preview }: TargetChunk<UserRecord>,
  draft: MembershipDraft,
): void {
  draft.awaited.set(id, missing);
  for (const department of missing)
    draft.warnings.push({
      uid: record.uid,
      code: 'DEPARTMENT_NOT_FOUND',
      // Departments that another dry run would have made do not exist.
      params: { department, ...(preview ? { because: 'dryRun' } : {}) },
    });
}

function addWanted(
  { tracked, userId, rows, othersByDepartment }: UserMemberships,
  { memberships }: Wanted,
  draft: MembershipDraft,
): void {
  const ownByDepartment = new Map(ownLinksOf(tracked).map((link) => [link.resourcePk, link]));
  for (const [departmentId, { isOwner }] of memberships) {
    const row = rows.get(departmentId);
    const next = { userId, departmentId, isOwner };
    if (!row) draft.added.push(next);
    else if (row.isOwner !== isOwner) draft.ownerChanges.push(next);
    rows.set(departmentId, next);
    const link = ownByDepartment.get(departmentId);
    if (link && (row || !link.adopted)) continue;
    // Somebody has removed by hand the membership that was there before the source; the new one is made by the source.
    if (link) draft.obsoleteLinkIds.push(link.id);
    const others = othersByDepartment.get(departmentId) ?? [];
    const adopted = row !== undefined && (others.length === 0 || others.some((other) => other.adopted));
    draft.newLinks.push({ tracked, departmentId, adopted });
  }
}

/** Memberships that the source did not make, or that another record claims, are only unlinked. */
function removeUnwanted(
  { tracked, rows, othersByDepartment }: UserMemberships,
  { memberships }: Wanted,
  { run }: TargetChunk<UserRecord>,
  draft: MembershipDraft,
): void {
  const isUserKept = tracked.record.isDeleted && run.removal.users === 'keep';
  for (const link of ownLinksOf(tracked)) {
    const departmentId = link.resourcePk;
    if (memberships.has(departmentId)) continue;
    draft.obsoleteLinkIds.push(link.id);
    const row = rows.get(departmentId);
    const isKept = link.adopted || isUserKept || othersByDepartment.has(departmentId);
    if (!row || isKept) continue;
    draft.removed.push(row);
    rows.delete(departmentId);
  }
}

const ownLinksOf = ({ links }: TrackedUser) => links.filter((link) => link.resource === DEPARTMENTS);

/** The delivered main department, or else what the host would choose; `undefined` for a user that does not exist. */
function chooseMain(
  { rows }: UserMemberships,
  { memberships }: Wanted,
  current: string | null | undefined,
): string | null | undefined {
  if (current === undefined) return undefined;
  const delivered = [...memberships].find(([, { isMain }]) => isMain)?.[0];
  return String(delivered ?? mainDepartmentOf(current, [...rows.keys()]) ?? '') || null;
}
