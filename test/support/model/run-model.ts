import type { DataType, Delivery, Part } from './action';
import { arriveDepartments, ON_CIRCLE, type NewId } from './department-arrival';
import { removeDepartments } from './department-removal';
import { applyMemberships } from './memberships';
import type { ModelSource, OrganisationModel } from './organisation-model';
import { readDepartments, readUsers, type DepartmentReading, type UserReading } from './reading';
import { justifyFailures, ROOT_ID } from './failures';
import { arriveUser } from './user-arrival';
import { removeUser } from './user-removal';

/** What is taken from the database instead of being foretold: keys of new rows, and which of several rivals lost. */
export interface Observed {
  readonly userId: NewId;
  readonly departmentId: NewId;
  /** Users who failed: uid → code. Each must have had no other way in the end. */
  readonly failures: ReadonlyMap<string, string>;
}

/** How many records of each type ended how. */
export type Tallies = Readonly<Record<DataType, Readonly<Record<string, number>>>>;

const REMOVALS = ['disabled', 'unlinked', 'deleted'];

/** Applies one run to the model: departments, then users, then what is gone, then what had to wait for that. */
export class RunModel {
  /** Uids of records whose row is the source's no more. */
  readonly removed: Readonly<Record<DataType, string[]>> = { user: [], department: [] };
  private readonly outcomes: Record<DataType, string[]> = { user: [], department: [] };
  private readonly source: ModelSource;
  private readonly users: readonly UserReading[];

  constructor(
    private readonly model: OrganisationModel,
    private readonly delivery: Delivery,
    private readonly observed: Observed,
  ) {
    this.source = model.sources[delivery.source];
    this.users = readUsers(delivery.parts.user?.records ?? []).records;
  }

  apply(): Tallies {
    const { user, department } = this.delivery.parts;
    const removed = { user: this.removedUsers(user), department: this.removedDepartments(department) };
    const circular = this.bringDepartments(readDepartments(department?.records ?? []).records);
    const contested = this.bringUsers(removed.user);
    for (const uid of removed.user) this.note('user', uid, removeUser(this.model, this.source, uid));
    for (const [uid, outcome] of removeDepartments(this.model, this.source, removed.department))
      this.note('department', uid, outcome);
    const hopeless = this.bringDepartments(circular);
    this.outcomes.department.push(...hopeless.map(() => 'failed'));
    for (const record of contested) this.bringUser(record);
    justifyFailures(this.model, this.source, this.users, this.delivery.matchKey, this.observed.failures);
    if (department) this.wake();
    return { user: tally(this.outcomes.user), department: tally(this.outcomes.department) };
  }

  private note(dataType: DataType, uid: string, outcome: string): void {
    this.outcomes[dataType].push(outcome);
    if (REMOVALS.includes(outcome)) this.removed[dataType].push(uid);
  }

  private removedUsers(part: Part | undefined): string[] {
    const { records, rejected } = readUsers(part?.records ?? []);
    const owned = [...this.source.users].filter(([, { link }]) => link?.isActive).map(([uid]) => uid);
    const deleted = records.filter(({ isDeleted }) => isDeleted).map(({ uid }) => uid);
    this.outcomes.user.push(...rejected.map(() => 'failed'));
    for (const { uid, isDeleted, departments } of records) {
      const before = this.source.users.get(uid);
      const said = { isDeleted, departments: departments ?? before?.said.departments };
      this.source.users.set(uid, { claims: new Set(), awaits: new Set(), ...before, said });
    }
    return [...deleted, ...missing(part, owned, records, rejected)];
  }

  private removedDepartments(part: Part | undefined): string[] {
    const { records, rejected } = readDepartments(part?.records ?? []);
    const linked = [...this.source.departments].filter(([, { departmentId }]) => departmentId !== undefined);
    const owned = linked.map(([uid]) => uid);
    const deleted = records.filter(({ isDeleted }) => isDeleted).map(({ uid }) => uid);
    this.outcomes.department.push(...rejected.map(() => 'failed'));
    for (const { uid, ...said } of records) {
      const before = this.source.departments.get(uid) ?? { awaits: new Set() };
      this.source.departments.set(uid, { ...before, said });
    }
    return [...deleted, ...missing(part, owned, records, rejected)];
  }

  /** Gives back those who would be above themselves; they may find a place when others are gone. */
  private bringDepartments(records: readonly DepartmentReading[]): DepartmentReading[] {
    const outcomes = this.placeDepartments(records.filter(({ isDeleted }) => !isDeleted).map(({ uid }) => uid));
    this.outcomes.department.push(...[...outcomes.values()].filter((outcome) => outcome !== ON_CIRCLE));
    return records.filter(({ uid }) => outcomes.get(uid) === ON_CIRCLE);
  }

  private placeDepartments(uids: readonly string[]): Map<string, string> {
    const moving = uids.flatMap((uid) => {
      const entry = this.source.departments.get(uid);
      return entry ? [{ uid, entry }] : [];
    });
    return arriveDepartments(this.model, this.source, moving, this.observed.departmentId);
  }

  /** Gives back those who look for a user that another record of the source has until now. */
  private bringUsers(removed: readonly string[]): UserReading[] {
    const { matchKey } = this.delivery;
    const matches = new Map(this.users.map((record) => [record.uid, this.match(record, matchKey)]));
    const contested: UserReading[] = [];
    const gone = new Set(removed);
    const present = this.users.filter(({ uid }) => !gone.has(uid));
    const delivered = new Set(present.map(({ uid }) => uid));
    for (const record of present) {
      const match = matches.get(record.uid);
      const rivals = match ? this.model.claimsOn(match.id).filter(({ source }) => source === this.source) : [];
      const isThere = ({ uid, entry }: (typeof rivals)[number]) => entry.link?.isActive || delivered.has(uid);
      if (rivals.some(isThere)) contested.push(record);
      else this.bringUser(record, match);
    }
    return contested;
  }

  private bringUser(record: UserReading, match = this.match(record, this.delivery.matchKey)): void {
    const { failures, userId } = this.observed;
    if (failures.has(record.uid)) {
      this.outcomes.user.push('failed');
      return;
    }
    if (match?.id === ROOT_ID) throw new Error(`${record.uid} was linked to the root user`);
    this.outcomes.user.push(arriveUser(this.model, this.source, record, match, () => userId(record.uid)));
  }

  private match({ uid, fields }: UserReading, matchKey: Delivery['matchKey']) {
    const link = this.source.users.get(uid)?.link;
    const value = matchKey === undefined ? undefined : fields[matchKey];
    if ((link && this.model.users.has(link.userId)) || !matchKey || !value) return undefined;
    return this.model.userWith(matchKey, value);
  }

  /** Who waited for a department that is there now is put where the source said last. */
  private wake(): void {
    const isThere = (uid: string) => this.source.departments.get(uid)?.departmentId !== undefined;
    const isWoken = ({ awaits, said }: { awaits: Set<string>; said: { isDeleted: boolean } }) =>
      !said.isDeleted && [...awaits].some(isThere);
    const users = [...this.source.users.values()].filter(isWoken);
    this.placeDepartments([...this.source.departments].filter(([, entry]) => isWoken(entry)).map(([uid]) => uid));
    for (const entry of users) {
      const user = entry.link && this.model.users.get(entry.link.userId);
      if (user && entry.said.departments)
        applyMemberships(this.model, this.source, entry, user, entry.said.departments);
    }
  }
}

/** Who is not in a full delivery, unless records came of which nobody knows whose they are. */
function missing(
  part: Part | undefined,
  owned: readonly string[],
  records: readonly { readonly uid: string }[],
  rejected: readonly (string | null)[],
): string[] {
  if (part?.mode !== 'full' || rejected.includes(null)) return [];
  const delivered = new Set([...records.map(({ uid }) => uid), ...rejected]);
  return owned.filter((uid) => !delivered.has(uid));
}

function tally(outcomes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = { all: outcomes.length };
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}
