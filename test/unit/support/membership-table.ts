import type { Link } from '../../../src/server/model/link';
import type { UserRecord } from '../../../src/server/model/records';
import type { TrackedRecord } from '../../../src/server/model/tracked-record';
import type { MembershipPlan, MembershipRow, MembershipSnapshot } from '../../../src/server/targets/memberships/types';

/** Who is in which department, in memory: a snapshot can be taken of it, and a plan be written to it. */
export class MembershipTable {
  readonly mainDepartments: Map<string, string | null>;
  private rows: MembershipRow[] = [];
  private links: { readonly uid: string; readonly link: Link }[] = [];

  /** Records are linked to the user whose id is their uid; the first department has the id 1. */
  constructor(
    users: readonly string[],
    private readonly departments: readonly string[],
  ) {
    this.mainDepartments = new Map(users.map((id) => [id, null]));
  }

  track(tracked: TrackedRecord<UserRecord>): TrackedRecord<UserRecord> {
    const { uid } = tracked.record;
    const user = { id: `link:${uid}`, resource: 'users', resourcePk: uid, adopted: false, inactive: false };
    const memberships = this.links.filter((one) => one.uid === uid).map(({ link }) => link);
    return { ...tracked, links: [user, ...memberships] };
  }

  snapshot(): MembershipSnapshot {
    return membershipSnapshot({
      mainDepartments: new Map(this.mainDepartments),
      rows: new Map([...this.mainDepartments.keys()].map((id) => [id, this.rowsOf(id)])),
      departments: departmentIds(this.departments),
    });
  }

  write(plan: MembershipPlan): void {
    const same = (a: MembershipRow) => (b: MembershipRow) => a.userId === b.userId && a.departmentId === b.departmentId;
    for (const row of [...plan.removed, ...plan.ownerChanges]) this.rows = this.rows.filter((one) => !same(row)(one));
    for (const row of [...plan.added, ...plan.ownerChanges]) this.add(row);
    for (const [id, main] of plan.mainDepartments) this.mainDepartments.set(id, main);
    this.links = this.links.filter(({ link }) => !plan.obsoleteLinkIds.includes(link.id));
    for (const { tracked, departmentId, adopted } of plan.newLinks) {
      const { uid } = tracked.record;
      const id = `link:${uid}:${departmentId}`;
      const link = { id, resource: 'departments', resourcePk: departmentId, adopted, inactive: false };
      this.links.push({ uid, link });
    }
  }

  add(row: MembershipRow): void {
    if (this.rowsOf(row.userId).some(({ departmentId }) => departmentId === row.departmentId))
      throw new Error(`${row.userId} is in ${row.departmentId} already`);
    this.rows.push(row);
  }

  rowsOf(id: string): MembershipRow[] {
    return this.rows.filter(({ userId }) => userId === id);
  }

  /** Ids of the departments that a user is in. */
  departmentsOf(id: string): string[] {
    return this.rowsOf(id)
      .map(({ departmentId }) => departmentId)
      .sort();
  }
}

/** What the database says, as far as a test cares; nothing else is there. */
export function membershipSnapshot(known: Partial<MembershipSnapshot>): MembershipSnapshot {
  return {
    mainDepartments: new Map(),
    rows: new Map(),
    departments: new Map(),
    titles: new Map(),
    otherLinks: new Map(),
    usage: new Map(),
    protectedUsers: new Map(),
    protectedDepartments: new Map(),
    ...known,
  };
}

/** The ids of departments, by uid: 1 for the first one. */
export function departmentIds(uids: readonly string[]): Map<string, string> {
  return new Map(uids.map((uid, index) => [uid, String(index + 1)]));
}
