import { messageOf, type ErrorCode, type MessageParams } from '../errors';
import type { Rejection, SyncDataType, SyncRecord, UserDataRecord, Warning } from '../records/types';
import type { Outcome, SyncTarget } from './contracts';

/** How many records of a target ended how. Link passes after a run do not count. */
export interface TargetCounts {
  all: number;
  success: number;
  failed: number;
  created: number;
  updated: number;
  unchanged: number;
  linked: number;
  enabled: number;
  disabled: number;
  unlinked: number;
  deleted: number;
  warnings: number;
}

/** A record that was rejected or failed, as delivered, with the reason. */
export interface FailedRecord {
  record: UserDataRecord;
  code: ErrorCode;
  message: string;
  params: MessageParams;
}

/** The same warning about several records, told once. */
export interface WarningGroup {
  code: ErrorCode;
  message: string;
  params: MessageParams;
  /** How many records it is about. */
  count: number;
  /** Some of them. */
  uids: string[];
}

/** What one target did with one batch. The shape is public: it is what a push answers. */
export interface SyncResult {
  resource: string;
  detail: {
    count: TargetCounts;
    failedRecords: FailedRecord[];
    warnings: WarningGroup[];
  };
}

/** A result, and the name under which tasks count it. */
export interface CountedResult {
  readonly countsAs: string;
  readonly result: SyncResult;
}

/** How a record came into a run: delivered as being there, gone, or not understood and so not stored. */
export type OutcomeKind = 'record' | 'removal' | 'rejected';

/** An outcome as it is kept with the task. */
export interface LoggedOutcome extends Outcome {
  /** The name under which the target counts it. */
  readonly target: string;
  readonly dataType: SyncDataType;
  readonly kind: OutcomeKind;
}

/** So many uids of a warning are listed; the count says how many there are. */
const LISTED_UIDS = 20;

const emptyCounts = (): TargetCounts => ({
  all: 0,
  success: 0,
  failed: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  linked: 0,
  enabled: 0,
  disabled: 0,
  unlinked: 0,
  deleted: 0,
  warnings: 0,
});

interface TargetReport {
  counts: TargetCounts;
  failedRecords: FailedRecord[];
  warnings: Map<string, WarningGroup>;
}

/** Collects what became of one batch, target by target. `onOutcome` sees each outcome that is worth keeping. */
export class BatchReport {
  private readonly targets = new Map<SyncTarget, TargetReport>();

  constructor(
    private readonly dataType: SyncDataType,
    private readonly onOutcome: (outcome: LoggedOutcome) => void = () => {},
  ) {}

  /** Makes a target appear in the result even when no record reaches it. */
  open(target: SyncTarget): void {
    this.of(target);
  }

  reject(target: SyncTarget, rejection: Rejection): void {
    const { counts, failedRecords } = this.of(target);
    counts.all += 1;
    counts.failed += 1;
    failedRecords.push(this.failure(rejection.record as UserDataRecord, rejection.code, rejection.params));
    const uid = rejection.uid ?? '';
    const { code, params } = rejection;
    this.log(target, { uid, name: uid, action: 'failed', code, params }, 'rejected');
  }

  add(target: SyncTarget, outcome: Outcome, record: SyncRecord | undefined): void {
    const { counts, failedRecords } = this.of(target);
    counts.all += 1;
    counts[outcome.action] += 1;
    if (outcome.action === 'failed') {
      const { uid, code = 'TARGET_FAILED', params = {} } = outcome;
      failedRecords.push(this.failure(record?.raw ?? { uid }, code, params));
    } else {
      counts.success += 1;
    }
    this.log(target, outcome, record?.isDeleted ? 'removal' : 'record');
  }

  /** A stored record whose link could be made at last: worth keeping, but not a record of this run. */
  addLinkPass(target: SyncTarget, dataType: SyncDataType, outcome: Outcome): void {
    this.log(target, outcome, 'record', dataType);
  }

  warn(target: SyncTarget, warning: Warning): void {
    const { counts, warnings } = this.of(target);
    counts.warnings += 1;
    const subject = warning.params.field ?? warning.params.department ?? warning.params.parent ?? '';
    const key = `${warning.code} ${subject}`;
    const group = warnings.get(key);
    if (!group) {
      const { code, params, uid } = warning;
      warnings.set(key, { code, message: messageOf(code, params), params, count: 1, uids: uid === '' ? [] : [uid] });
      return;
    }
    group.count += 1;
    if (group.uids.length < LISTED_UIDS) group.uids.push(warning.uid);
  }

  results(): CountedResult[] {
    return [...this.targets].map(([target, { counts, failedRecords, warnings }]) => ({
      countsAs: countsAs(target, this.dataType),
      result: {
        resource: target.name,
        detail: { count: counts, failedRecords, warnings: [...warnings.values()] },
      },
    }));
  }

  private log(target: SyncTarget, outcome: Outcome, kind: OutcomeKind, dataType = this.dataType): void {
    if (outcome.action === 'unchanged') return;
    this.onOutcome({ ...outcome, target: countsAs(target, dataType), dataType, kind });
  }

  private failure(record: UserDataRecord, code: ErrorCode, params: MessageParams): FailedRecord {
    return { record, code, message: messageOf(code, params), params };
  }

  private of(target: SyncTarget): TargetReport {
    let report = this.targets.get(target);
    if (!report) {
      report = { counts: emptyCounts(), failedRecords: [], warnings: new Map() };
      this.targets.set(target, report);
    }
    return report;
  }
}

const countsAs = (target: SyncTarget, dataType: SyncDataType) => target.countsAs?.(dataType) ?? target.name;

/** The counts of several batches summed, target by target. */
export function addCounts(total: Record<string, TargetCounts>, results: readonly CountedResult[]): void {
  for (const { countsAs: name, result } of results) {
    const sum = (total[name] ??= emptyCounts());
    for (const key of Object.keys(sum) as (keyof TargetCounts)[]) sum[key] += result.detail.count[key];
  }
}
