import type { Transaction } from 'sequelize';
import type { SyncDataType } from '../../common/records';
import type { ProtectionRules, RemovalPolicy } from '../../common/rules';
import type { LinksByUid } from '../model/link';
import type { Outcome } from '../model/outcome';
import type { PrimaryKey } from '../model/primary-key';
import type { SyncAccept, Warning, SyncRecord } from '../model/records';
import type { TrackedRecord } from '../model/tracked-record';
import type { Preview } from './preview-state';

/** What holds for a whole run. */
export interface RunContext {
  /** What becomes of the rows of records that are removed. */
  readonly removal: RemovalPolicy;
  /** Which users and departments the source must leave alone. */
  readonly protection: ProtectionRules;
  /** Whether the run removes everything that the source made, whatever its state. */
  readonly isPurge: boolean;
  /** So many users may be enabled; `null` for as many as there are. */
  readonly userLimit: number | null;
  /** The task of the run, where there is one. */
  readonly taskId?: PrimaryKey;
}

/**
 * What a target gets to work on: up to some thousand records of one source and one data type, each uid once. `R`: what
 * the records of the types are that the target accepts.
 */
export interface TargetChunk<R extends SyncRecord = SyncRecord> {
  readonly sourceName: string;
  readonly dataType: SyncDataType;
  readonly matchKey?: string;
  readonly records: readonly TrackedRecord<R>[];
  /** No more records of this delivery come after this chunk, so nothing can be deferred any more. */
  readonly final: boolean;
  readonly run: RunContext;
  /** What would be there by now; only when nothing is written. */
  readonly preview?: Preview;
}

/** What a target would do. Targets extend it with whatever their `apply` needs. */
export interface TargetPlan {
  /** One outcome for each record of the chunk that was decided, in any order. */
  readonly outcomes: readonly Outcome[];
  readonly warnings: readonly Warning[];
  /** Records that can only be judged when the rest of the delivery is known; they come again in a final chunk. */
  readonly deferred: readonly TrackedRecord[];
}

/**
 * Runs `write` in a transaction of its own, and again from the start when that lost against another writer. What the run
 * keeps of the outcomes that `write` gives back is written in the same transaction. To be called once at most.
 */
export type Commit = (write: (transaction: Transaction) => Promise<readonly Outcome[]>) => Promise<void>;

/**
 * Thrown by what a target writes when others have changed meanwhile what its plan builds on: then the chunk is planned
 * again. Other runs, on this and on other nodes, write at the same time: a target locks the rows that its plan is about
 * and looks whether they still are what it planned for.
 */
export class StalePlan extends Error {
  constructor() {
    super('What the plan builds on has changed');
  }
}

/** What a target has written. */
export interface Applied {
  /** Links of records that have others now, for the targets that come after it. */
  readonly links?: LinksByUid;
  /** Called when others may write again, such as to tell listeners. It does not fail, because everything is written. */
  readonly announce?: () => Promise<void>;
}

/**
 * What is written in NocoBase. `plan` reads and decides, `apply` writes what was planned, all of it or nothing, and
 * changes neither the plan nor the records: a chunk whose `apply` throws is cut in half and planned again until the
 * record to blame stands alone. Both take a constant number of statements, whatever the number of records.
 */
export interface SyncTarget<P extends TargetPlan = TargetPlan, R extends SyncRecord = SyncRecord> {
  /** Unique; what it does is counted under this name. */
  readonly name: string;
  /** The `resource` of its links, and of what it did in the answer of a push. Default: its name. */
  readonly linkResource?: string;
  readonly accepts: readonly SyncAccept[];
  /**
   * Targets that come before this one, by their name or the resource of their links; by type of data where that
   * differs. A record that fails in one of them does not reach this one.
   */
  readonly dependsOn?: readonly string[] | Readonly<Partial<Record<SyncDataType, readonly string[]>>>;
  /** The types of data whose records are there for it as long as they have an active link. Default: what it accepts. */
  readonly owns?: readonly SyncDataType[];
  /**
   * Whether it remembers links that cannot be made yet: records that wait for something come to it again, in a chunk of
   * their own, once that has arrived.
   */
  readonly awaits?: boolean;
  /** Whether what it writes to exists in this application; asked before each delivery. Default: always. */
  isActive?(): boolean;
  plan(chunk: TargetChunk<R>): Promise<P>;
  /** Writes through `commit`. Where nothing is to be written it is not called, and the outcomes of the plan hold. */
  apply(plan: P, commit: Commit): Promise<Applied | void>;
  /**
   * In the place of `apply` when nothing is to be written: notes what later plans have to know of, and gives back the
   * links that records would have.
   */
  simulate?(plan: P, preview: Preview): LinksByUid | void | Promise<LinksByUid | void>;
}

export const linkResourceOf = ({ name, linkResource = name }: SyncTarget): string => linkResource;

/** The targets that a target depends on, for one type of data. */
export function dependenciesOf({ dependsOn = [] }: Pick<SyncTarget, 'dependsOn'>, dataType: SyncDataType) {
  return isList(dependsOn) ? dependsOn : (dependsOn[dataType] ?? []);
}

const isList = (value: unknown): value is readonly string[] => Array.isArray(value);
