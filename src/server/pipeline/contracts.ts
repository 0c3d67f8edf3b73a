import type { ErrorCode, MessageParams } from '../errors';
import type { SyncAccept, SyncDataType, SyncRecord, Warning } from '../records/types';
import type { ProtectionRules, RemovalPolicy } from '../sources/source-rules';
import type { Preview } from './preview-state';

/** The primary key of a row, as the database driver gives it. */
export type PrimaryKey = number | string;

/** Record ↔ row of a target. A membership of a user is a link of the user's record to the department's row. */
export interface Link {
  readonly id: PrimaryKey;
  /** Name of the target. */
  readonly resource: string;
  /** Primary key of the row, as text. */
  readonly resourcePk: string;
  /** Whether the row was there before the source claimed it: then letting go does not remove it. */
  readonly adopted: boolean;
  /** Whether the record is gone: the row is not the source's any more, but is found again when the record comes back. */
  readonly inactive: boolean;
}

/** A record together with what is stored about it: its origin record and its links. */
export interface TrackedRecord<R extends SyncRecord = SyncRecord> {
  /** Primary key of the origin record in `userDataSyncRecords`. */
  readonly id: PrimaryKey;
  readonly record: R;
  /** Links as of now; a target that adds links adds them here too, for the targets that come after it. */
  links: Link[];
}

/** What holds for a whole run. */
export interface RunContext {
  /** What becomes of the rows of records that are removed. */
  readonly removal: RemovalPolicy;
  /** Whom and what the source must leave alone. */
  readonly protection: ProtectionRules;
  /** Everything that the source made goes, whatever its state. */
  readonly isPurge: boolean;
  /** So many users may be enabled; `null` for as many as there are. */
  readonly userLimit: number | null;
  /** The task of the run, where there is one. */
  readonly taskId?: PrimaryKey;
}

/** What a target gets to work on: up to some thousand records of one source and one data type, each uid once. */
export interface TargetChunk {
  readonly sourceName: string;
  readonly dataType: SyncDataType;
  readonly matchKey?: string;
  readonly records: readonly TrackedRecord[];
  /** No more records of this delivery come after this chunk, so nothing can be deferred any more. */
  readonly final: boolean;
  readonly run: RunContext;
  /** What would be there by now; only when nothing is written. */
  readonly preview?: Preview;
}

/** What became of a record in a target, or would become of it. */
export type OutcomeAction =
  'created' | 'linked' | 'updated' | 'unchanged' | 'enabled' | 'disabled' | 'unlinked' | 'deleted' | 'failed';

/** A field that changed, with its old and its new value. */
export type FieldChanges = Readonly<Record<string, { readonly old: unknown; readonly new: unknown }>>;

/** What became of one record in one target. Failures say why. */
export interface Outcome {
  readonly uid: string;
  readonly name: string;
  readonly action: OutcomeAction;
  /** Primary key of the row, where there is one; of a new row `apply` fills it in when the database gives it. */
  rowId?: PrimaryKey;
  readonly changes?: FieldChanges;
  readonly code?: ErrorCode;
  readonly params?: MessageParams;
}

/** What a target would do. Targets extend it with whatever their `apply` needs. */
export interface TargetPlan {
  /** One outcome for each record of the chunk that was decided, in any order. */
  readonly outcomes: readonly Outcome[];
  readonly warnings: readonly Warning[];
  /** Records that can only be judged when the rest of the delivery is known; they come again in a final chunk. */
  readonly deferred: readonly TrackedRecord[];
}

/** What a target does after it has written; it does not fail, because everything is written. */
export type AfterApply = () => Promise<void>;

/**
 * What is written in NocoBase. `plan` reads and decides, `apply` writes what was planned, all of it or nothing:
 * a chunk whose `apply` throws is cut in half and planned again until the record to blame stands alone.
 * Both take a constant number of statements, whatever the number of records.
 */
export interface SyncTarget<P extends TargetPlan = TargetPlan> {
  /** Unique; also the `resource` of its links. */
  readonly name: string;
  readonly accepts: readonly SyncAccept[];
  /**
   * Targets that come before this one, and without whose success a record does not reach it; by type of data where that
   * differs.
   */
  readonly dependsOn?: readonly string[] | Readonly<Partial<Record<SyncDataType, readonly string[]>>>;
  /** The types of data whose records are there for it as long as they have an active link. Default: what it accepts. */
  readonly owns?: readonly SyncDataType[];
  /** The name under which it counts what it does for a type of data. Default: its name. */
  countsAs?(dataType: SyncDataType): string;
  /** Whether what it writes to exists in this application; asked before each delivery. Default: always. */
  isActive?(): boolean;
  plan(chunk: TargetChunk): Promise<P>;
  /** May give back what is to be done when others may write again, such as telling listeners. */
  apply(plan: P): Promise<AfterApply | void>;
  /** In the place of `apply` when nothing is to be written: notes what later plans have to know of. */
  simulate?(plan: P, preview: Preview): void | Promise<void>;
}

/** The targets that a target depends on, for one type of data. */
export function dependenciesOf({ dependsOn = [] }: Pick<SyncTarget, 'dependsOn'>, dataType: SyncDataType) {
  return isList(dependsOn) ? dependsOn : (dependsOn[dataType] ?? []);
}

const isList = (value: unknown): value is readonly string[] => Array.isArray(value);

/** The outcome of a record that fails. */
export function failed(tracked: TrackedRecord, name: string, code: ErrorCode, params: MessageParams = {}): Outcome {
  return { uid: tracked.record.uid, name, action: 'failed', code, params };
}
