import type { PrimaryKey } from '../model/primary-key';

/** A user as a dry run would have it. */
export interface ForeseenUser {
  /** The id, or for one that would be made a text that no id is like. */
  readonly id: string;
  readonly uid: string;
  /** The origin record. */
  readonly recordId: PrimaryKey;
}

/** What the plans of a dry run would have done so far, for those that come after them. Ids are text. */
export class Preview {
  /** Departments that would be made: uid → row. */
  readonly madeDepartments = new Map<string, { readonly id: PrimaryKey; readonly title: string }>();
  /** Parents of departments that would be made or moved, by id. */
  readonly parents = new Map<string, string | null>();
  /** Departments that would be deleted, by id. */
  readonly deletedDepartments = new Set<string>();
  /** Users that would be deleted, by id. */
  readonly deletedUsers = new Set<string>();
  /** Unique field → value → who would have it; `null` for nobody. */
  readonly values = new Map<string, Map<string, ForeseenUser | null>>();
  /** Users that records would be linked to, by id. */
  readonly claimed = new Map<string, ForeseenUser>();
  /** Links that would be taken away, or would not be in force any more, by id. */
  readonly endedLinks = new Set<string>();
  /** Former records of users, by id: the records that would have their memberships by now. */
  readonly replacedBy = new Map<string, PrimaryKey>();
  /** Users that would be disabled, or enabled again, by id. */
  readonly disabled = new Map<string, boolean>();
  /** How many more users would be enabled. */
  enabled = 0;
}
