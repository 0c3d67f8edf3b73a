import type { PrimaryKey, TargetPlan, TrackedRecord } from '../../../pipeline/contracts';
import type { UserRecord } from '../../../records/types';
import type { DepartmentRole, Protection } from '../../shared/protection';

export type TrackedUser = TrackedRecord<UserRecord>;

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
  /** Departments that users are not put into, because they give a role, by id. */
  readonly closed: ReadonlyMap<string, DepartmentRole>;
}

/** Another record's claim on a membership. */
export interface OtherMembershipLink {
  readonly recordId: PrimaryKey;
  readonly departmentId: string;
  readonly adopted: boolean;
}

export interface MembershipPlan extends TargetPlan {
  readonly dataType: 'user';
  readonly sourceName: string;
  readonly added: readonly MembershipRow[];
  readonly ownership: readonly MembershipRow[];
  readonly removed: readonly MembershipRow[];
  /** User → new main department. */
  readonly mainDepartments: ReadonlyMap<string, string | null>;
  readonly newLinks: readonly {
    readonly tracked: TrackedUser;
    readonly departmentId: string;
    readonly adopted: boolean;
  }[];
  readonly obsoleteLinkIds: readonly PrimaryKey[];
  /** What each record waits for. */
  readonly awaited: ReadonlyMap<PrimaryKey, readonly string[]>;
}
