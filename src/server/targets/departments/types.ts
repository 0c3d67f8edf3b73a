import type { MessageParams } from '../../errors';
import type { PrimaryKey } from '../../model/primary-key';
import type { DepartmentRecord } from '../../model/records';
import type { TrackedRecord } from '../../model/tracked-record';
import type { TargetPlan } from '../../pipeline/contracts';
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

/** What depends on a department that may be removed. */
export interface DepartmentDependents {
  /** Another record claims it too. */
  readonly isClaimedByOthers: boolean;
  /** Why it is not deleted: members and children that the source did not make, or what a check says; `null` for nothing. */
  readonly keptBy: MessageParams | null;
  /** The source's own memberships in it. */
  readonly memberships: readonly MembershipLink[];
}

/** What the database says about everything that a chunk of departments touches. Ids are text. */
export interface TreeSnapshot {
  /** The whole tree. */
  readonly nodes: ReadonlyMap<string, TreeNode>;
  /** Who claims the departments that are to be removed, and who is in them, as text, by id. */
  readonly usage: ReadonlyMap<string, string>;
  readonly linked: ReadonlyMap<string, DepartmentRow>;
  /** Departments of the source that records name as parents: uid → id. */
  readonly parents: ReadonlyMap<string, string>;
  /** For departments that are to be removed, and for links to rows that do not exist any more: by the row's id. */
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

/** A record that loses its department, or its parent, and waits until a department of this uid is delivered. */
export interface WaitingRecord {
  readonly recordId: PrimaryKey;
  readonly awaits: string;
}

/** A row of the host's path table. */
export interface PathRow {
  readonly nodePk: string;
  readonly path: string;
  readonly rootPk: string;
}

/** What a plan builds on that others may change before it is written. */
export interface TreeBasis {
  readonly nodes: ReadonlyMap<string, TreeNode>;
  /** For departments that are to be removed: who claims them and who is in them, as text, by id. */
  readonly usage: ReadonlyMap<string, string>;
}

export interface TreePlan extends TargetPlan {
  readonly sourceName: string;
  /** What the plan builds on. */
  readonly basis: TreeBasis;
  readonly creates: readonly DepartmentCreate[];
  readonly updates: readonly DepartmentUpdate[];
  readonly deletedIds: readonly PrimaryKey[];
  readonly obsoleteLinkIds: readonly PrimaryKey[];
  /** Path rows of new departments, and of moved ones with everything below them. */
  readonly paths: readonly PathRow[];
  /** Departments whose row, place or ancestors change: their members' caches are stale. */
  readonly touchedIds: readonly string[];
  /** Uids of the parents that each record of the chunk waits for. */
  readonly awaited: ReadonlyMap<PrimaryKey, readonly string[]>;
  /** Users' records that lose their link to a department, and wait for it. */
  readonly waitingMembers: readonly WaitingRecord[];
  /** Departments' records that lose their parent, and wait for it unless they wait for another one already. */
  readonly waitingChildren: readonly WaitingRecord[];
}
