import type { DisableCause } from '../../../common/outcomes';
import type { Protection } from '../../host/protection';
import type { FieldChanges, Outcome } from '../../model/outcome';
import type { PrimaryKey } from '../../model/primary-key';
import type { Warning } from '../../model/records';
import type { TrackedUser } from '../../model/tracked-record';
import type { TargetPlan } from '../../pipeline/contracts';

/** A row of `users` with the columns that planning needs. */
export type UserRow = Readonly<Record<string, unknown>> & { readonly id: PrimaryKey };

/** What the database says about everything that a chunk of users touches. Ids are text. */
export interface UserSnapshot {
  /** Rows that records are linked to, by id. */
  readonly linked: ReadonlyMap<string, UserRow>;
  /** Rows that records without a link are matched with, by the value of the match key. */
  readonly matched: ReadonlyMap<string, UserRow>;
  /** Unique field → value → id of the row that has it. */
  readonly holders: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Users whom the source must leave alone, by id. */
  readonly protectedUsers: ReadonlyMap<string, Protection>;
  /** Records that are linked to a row that is matched or to be removed, or to any when identities are kept, by the row's id. */
  readonly claims: ReadonlyMap<string, readonly UserClaim[]>;
  /** The claims on users that are matched or to be removed, as text, by id. */
  readonly weighed: ReadonlyMap<string, string>;
  /** Why a row cannot be removed, by its id. */
  readonly dependents: ReadonlyMap<string, string>;
  /** What disabled users, by id; a user who is not in it is enabled. */
  readonly disabled: ReadonlyMap<string, DisableCause>;
  /** How many more users may be enabled; `null` when there is no limit. */
  readonly remaining: number | null;
}

/** A record that is linked to a user, and its source. */
export interface UserClaim {
  readonly linkId: PrimaryKey;
  readonly recordId: PrimaryKey;
  /** Whether the record was removed from its source. */
  readonly inactive: boolean;
  /** Whether the user was there before the first source claimed it. */
  readonly adopted: boolean;
  readonly sourceName: string;
  readonly uid: string;
}

/**
 * A delivered user whose values can be stored and whose row, if there is one, may be changed. Whether it is written
 * depends on the other records: on unique values, and on the limit of enabled users.
 */
export interface UserCandidate {
  readonly tracked: TrackedUser;
  /** The row to change; without one the user is created. */
  readonly row?: UserRow;
  /** What is to be written. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly changes: FieldChanges;
  /** The record had no link and found the row by the match key: the link to make. */
  readonly newLink?: { readonly adopted: boolean };
  /** Inactive links of the record that become active again. */
  readonly reactivatedLinkIds: readonly PrimaryKey[];
  /** Records of the same source that had this user before, under other uids. */
  readonly formerRecordIds: readonly PrimaryKey[];
  /** Whether the user was disabled by synchronization and is enabled again. */
  readonly isEnabled: boolean;
  /** Links to remove: to rows that do not exist any more, and of the former records. */
  readonly staleLinkIds: readonly PrimaryKey[];
  readonly warnings: readonly Warning[];
}

/** A user that is to be created. */
export interface UserCreate {
  readonly tracked: TrackedUser;
  readonly values: Readonly<Record<string, unknown>>;
}

/** A user whose row changes, is linked for the first time, or both. */
export interface UserUpdate {
  readonly tracked: TrackedUser;
  readonly row: UserRow;
  /** Only what differs. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly changes: FieldChanges;
  /** The record had no link and found this row by the match key: the link to make. */
  readonly newLink?: { readonly adopted: boolean };
  /** Inactive links of the record that become active again. */
  readonly reactivatedLinkIds: readonly PrimaryKey[];
  /** Records of the same source that had this user before, under other uids: this record takes over their memberships. */
  readonly formerRecordIds: readonly PrimaryKey[];
  /** Whether the user was disabled by synchronization and is enabled again. */
  readonly isEnabled: boolean;
}

/** A user whose record was removed from the last source that had one. */
export interface RemovedUser {
  readonly tracked: TrackedUser;
  readonly row: UserRow;
}

/** What a plan builds on that others may change before it is written. */
export interface UserBasis {
  /** Who claims the users that are found or given up, as text, by id. */
  readonly claims: ReadonlyMap<string, string>;
  /** So many users may be enabled altogether; `null` for any number. */
  readonly userLimit: number | null;
  /** So many more could be enabled before the plan. */
  readonly remaining: number | null;
}

export interface UserPlan extends TargetPlan {
  /** What the plan builds on. */
  readonly basis: UserBasis;
  readonly creates: readonly UserCreate[];
  readonly updates: readonly UserUpdate[];
  readonly sourceName: string;
  readonly taskId?: PrimaryKey;
  readonly deletes: readonly RemovedUser[];
  /** How many users are enabled before the plan, and not after it. */
  readonly noLongerEnabled: number;
  /** Users who may not sign in any more. */
  readonly disables: readonly RemovedUser[];
  /** Users whose record was removed and who were disabled before. */
  readonly alreadyDisabled: readonly TrackedUser[];
  /** Links of removed records that become inactive: by them the row is found when the record is delivered again. */
  readonly deactivatedLinkIds: readonly PrimaryKey[];
  /** Links to remove: of deleted users, to rows that somebody deleted, to users that another source keeps. */
  readonly obsoleteLinkIds: readonly PrimaryKey[];
  /** Records that lose all of their links, and so wait for no department any more. */
  readonly unlinkedRecordIds: readonly PrimaryKey[];
  /** Field → users whose unique value another user gets: emptied first, because databases check row by row. */
  readonly releases: ReadonlyMap<string, readonly PrimaryKey[]>;
  readonly outcomes: readonly Outcome[];
  readonly warnings: readonly Warning[];
  readonly deferred: readonly TrackedUser[];
}
