import type { DepartmentRole, Protection } from '../../host/protection';
import type { PrimaryKey } from '../../model/primary-key';
import type { TrackedUser } from '../../model/tracked-record';
import type { TargetPlan } from '../../pipeline/contracts';

/** A row of `departmentsUsers`. Ids are text. */
export interface MembershipRow {
  readonly userId: string;
  readonly departmentId: string;
  readonly isOwner: boolean;
}

/** What the database says about the memberships of a chunk of users. Ids are text. */
export interface MembershipSnapshot {
  /** Users that exist → their main department. */
  readonly mainDepartments: ReadonlyMap<string, string | null>;
  /** User → the departments that the user is in. */
  readonly rows: ReadonlyMap<string, readonly MembershipRow[]>;
  /** The memberships of users, and where it was read who claims them, as text, by id. */
  readonly usage: ReadonlyMap<string, string>;
  /** Departments of the source: uid → id, as far as their rows exist. */
  readonly departments: ReadonlyMap<string, string>;
  /** Titles of departments, by id. */
  readonly titles: ReadonlyMap<string, string>;
  /**
   * User → links to departments of all records that are linked to the user: another source's, mostly. Only for users
   * whose record gains or loses a link.
   */
  readonly otherLinks: ReadonlyMap<string, readonly OtherMembershipLink[]>;
  /** Users whom the source must leave alone, by id. */
  readonly protectedUsers: ReadonlyMap<string, Protection>;
  /** Departments that the source must not put users into, because they give a role, by id. */
  readonly protectedDepartments: ReadonlyMap<string, DepartmentRole>;
}

/** Another record's claim on a membership. */
export interface OtherMembershipLink {
  readonly recordId: PrimaryKey;
  readonly departmentId: string;
  readonly adopted: boolean;
}

/** A link that says the source put a user into a department. */
export interface NewMembershipLink {
  readonly tracked: TrackedUser;
  readonly departmentId: string;
  /** Whether the user was in the department before the source. */
  readonly adopted: boolean;
}

/** What a plan builds on that others may change before it is written. */
export interface MembershipBasis {
  /** The memberships of the users that the plan changes, as text, by id. */
  readonly usage: ReadonlyMap<string, string>;
  /** Those of them for whom it matters who else claims their memberships. */
  readonly changing: ReadonlySet<string>;
}

export interface MembershipPlan extends TargetPlan {
  /** What the plan builds on. */
  readonly basis: MembershipBasis;
  readonly sourceName: string;
  readonly added: readonly MembershipRow[];
  /** Memberships whose user becomes an owner of the department, or is none any more. */
  readonly ownerChanges: readonly MembershipRow[];
  readonly removed: readonly MembershipRow[];
  /** User → new main department. */
  readonly mainDepartments: ReadonlyMap<string, string | null>;
  readonly newLinks: readonly NewMembershipLink[];
  readonly obsoleteLinkIds: readonly PrimaryKey[];
  /** Uids of the departments that each record waits for. */
  readonly awaited: ReadonlyMap<PrimaryKey, readonly string[]>;
}
