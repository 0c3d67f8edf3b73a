import type { FieldChanges, Outcome, PrimaryKey, TargetPlan, TrackedRecord } from '../../pipeline/contracts';
import type { DisableCause } from '../../disabled-users';
import type { UserRecord, Warning } from '../../records/types';
import type { Protection } from '../shared/protection';

export type TrackedUser = TrackedRecord<UserRecord>;

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
  /** Why a row cannot be removed, by its id. */
  readonly dependents: ReadonlyMap<string, string>;
  /** Who disabled users, by id; who is not in it is enabled. */
  readonly disabled: ReadonlyMap<string, DisableCause>;
  /** So many users may be enabled besides those who are; `null` for any number. */
  readonly room: number | null;
}

/** A record that is linked to a user, and its source. */
export interface UserClaim {
  readonly linkId: PrimaryKey;
  readonly recordId: PrimaryKey;
  /** Whether the record is gone from its source. */
  readonly inactive: boolean;
  /** Whether the user was there before the first source claimed it. */
  readonly adopted: boolean;
  readonly sourceName: string;
  readonly uid: string;
}

/** A user that is to be made. */
export interface UserCreate {
  readonly tracked: TrackedUser;
  readonly values: Readonly<Record<string, unknown>>;
  /** Gets the row's id once there is one. */
  readonly outcome: Outcome;
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
  /** Links of the record that are in force again. */
  readonly returningLinkIds: readonly PrimaryKey[];
  /** Records of the same source that had this user before, under other uids: their memberships are this record's now. */
  readonly formerRecordIds: readonly PrimaryKey[];
  /** Synchronization had disabled the user, who is back. */
  readonly isEnabled: boolean;
}

/** A user that its last source gives up. */
export interface UserRemoval {
  readonly tracked: TrackedUser;
  readonly row: UserRow;
}

export interface UserPlan extends TargetPlan {
  readonly creates: readonly UserCreate[];
  readonly updates: readonly UserUpdate[];
  readonly sourceName: string;
  readonly taskId?: PrimaryKey;
  readonly deletes: readonly UserRemoval[];
  /** Users who may not sign in any more. */
  readonly disables: readonly UserRemoval[];
  /** Users whose record is gone and who were disabled already. */
  readonly resting: readonly TrackedUser[];
  /** Links of records that are gone, kept so that their row is found when they come back. */
  readonly restingLinkIds: readonly PrimaryKey[];
  /** Ids of links that go: of deleted users, of rows that somebody deleted, of users that another source keeps. */
  readonly obsoleteLinkIds: readonly PrimaryKey[];
  /** Unique values that change hands within the chunk: emptied first, because databases check row by row. */
  readonly releases: ReadonlyMap<string, readonly PrimaryKey[]>;
  readonly outcomes: readonly Outcome[];
  readonly warnings: readonly Warning[];
  readonly deferred: readonly TrackedUser[];
}
