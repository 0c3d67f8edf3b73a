import type { MessageParams } from '../../../errors';
import type { PrimaryKey, TargetPlan, TrackedRecord } from '../../../pipeline/contracts';
import type { DepartmentRecord } from '../../../records/types';
import type { TreeNode } from './tree';

export type TrackedDepartment = TrackedRecord<DepartmentRecord>;

/** A row of `departments` with the columns that planning needs. */
export type DepartmentRow = Readonly<Record<string, unknown>> & { readonly id: PrimaryKey };

/** A link that says a user is in a department. */
export interface MembershipLink {
  readonly linkId: PrimaryKey;
  /** The user's origin record. */
  readonly recordId: PrimaryKey;
}

/** What hangs on a department that may have to go. */
export interface DepartmentDependents {
  /** Another record claims it too. */
  readonly isClaimedByOthers: boolean;
  /** What keeps it: members and children that the source did not make, or what a check says; `null` for nothing. */
  readonly foreign: MessageParams | null;
  /** The source's own memberships in it. */
  readonly memberships: readonly MembershipLink[];
}

/** What the database says about everything that a chunk of departments touches. Ids are text. */
export interface TreeSnapshot {
  /** The whole tree. */
  readonly nodes: ReadonlyMap<string, TreeNode>;
  readonly linked: ReadonlyMap<string, DepartmentRow>;
  /** Departments of the source that records name as parents: uid → id. */
  readonly parents: ReadonlyMap<string, string>;
  /** For departments that are to be removed, and for links to rows that are no more: by the row's id. */
  readonly dependents: ReadonlyMap<string, DepartmentDependents>;
  /** Children of departments that are to be removed, as far as the source made them: id → origin record. */
  readonly ownChildren: ReadonlyMap<string, PrimaryKey>;
  /** Uids of departments by which messages name them, by id. */
  readonly uids: ReadonlyMap<string, string>;
}

export interface DepartmentCreate {
  readonly tracked: TrackedDepartment;
  readonly id: PrimaryKey;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface DepartmentUpdate {
  readonly id: PrimaryKey;
  readonly values: Readonly<Record<string, unknown>>;
}

/** A record that loses its link to a department and waits for one of this uid to come. */
export interface OrphanedRecord {
  readonly recordId: PrimaryKey;
  readonly awaits: string;
}

/** A row of the host's path table. */
export interface PathRow {
  readonly nodePk: string;
  readonly path: string;
  readonly rootPk: string;
}

export interface TreePlan extends TargetPlan {
  readonly dataType: 'department';
  readonly sourceName: string;
  readonly creates: readonly DepartmentCreate[];
  readonly updates: readonly DepartmentUpdate[];
  readonly deletedIds: readonly PrimaryKey[];
  readonly obsoleteLinkIds: readonly PrimaryKey[];
  /** Path rows of new departments, and of moved ones with everything below them. */
  readonly paths: readonly PathRow[];
  /** Departments whose row, place or ancestors change: their members' caches are stale. */
  readonly touchedIds: readonly string[];
  /** What each record of the chunk waits for. */
  readonly awaited: ReadonlyMap<PrimaryKey, readonly string[]>;
  /** Other records that lose a link by this plan and wait for the department to come back. */
  readonly orphaned: readonly OrphanedRecord[];
  /** Departments that lose their parent by this plan and wait for it, unless they wait for another one already. */
  readonly parentless: readonly OrphanedRecord[];
}
