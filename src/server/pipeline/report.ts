import { excerpt, MAX_TOLD, MAX_TOLD_RECORD_LENGTH } from '../limits';
import { boundedParams, messageOf, type ErrorCode, type MessageParams } from '../errors';
import type { Rejection, SyncDataType, SyncRecord, UserDataRecord, Warning } from '../records/types';
import { ownsRows } from './owners';
import { maskSecrets } from '../security/secrets';
import { setOwn } from '../security/set-own';
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
  /** Whether only the beginning of the record is told, because it is large. */
  isCut?: true;
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
    /** How much more there is; only when there is more. Failed records are all among the outcomes of the task. */
    omitted?: Omitted;
  };
}

/** What is counted and not told, because so much has been told already. */
export interface Omitted {
  failedRecords: number;
  warnings: number;
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
  /** For the safeguard: that a row is the source's no more, and whether it was there before the source. */
  readonly removal?: 'made' | 'adopted';
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
  omitted: Omitted;
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
    const report = this.of(target);
    report.counts.all += 1;
    report.counts.failed += 1;
    tellFailure(report, rejection.record as UserDataRecord, rejection.code, rejection.params);
    const uid = rejection.uid ?? '';
    const { code, params } = rejection;
    this.log(target, { uid, name: uid, action: 'failed', code, params }, 'rejected');
  }

  /** `isAdopted`: the row was there before the source claimed it. */
  add(target: SyncTarget, outcome: Outcome, record: SyncRecord | undefined, isAdopted = false): void {
    const report = this.of(target);
    report.counts.all += 1;
    report.counts[outcome.action] += 1;
    if (outcome.action === 'failed') {
      const { uid, code = 'TARGET_FAILED', params = {} } = outcome;
      tellFailure(report, record?.raw ?? { uid }, code, params);
    } else {
      report.counts.success += 1;
    }
    const isRemoval = record?.isDeleted && outcome.action !== 'failed' && ownsRows(target, this.dataType);
    const logged = isRemoval ? { ...outcome, removal: isAdopted ? ('adopted' as const) : ('made' as const) } : outcome;
    this.log(target, logged, record?.isDeleted ? 'removal' : 'record');
  }

  /** A stored record whose link could be made at last: worth keeping, but not a record of this run. */
  addLinkPass(target: SyncTarget, dataType: SyncDataType, outcome: Outcome): void {
    this.log(target, outcome, 'record', dataType);
  }

  warn(target: SyncTarget, warning: Warning): void {
    const { counts, warnings, omitted } = this.of(target);
    counts.warnings += 1;
    const subject = warning.params.field ?? warning.params.department ?? warning.params.parent ?? '';
    const key = `${warning.code} ${subject}`;
    const group = warnings.get(key);
    if (!group && warnings.size >= MAX_TOLD) {
      omitted.warnings += 1;
      return;
    }
    if (!group) {
      const { code, uid } = warning;
      const params = boundedParams(warning.params);
      warnings.set(key, { code, message: messageOf(code, params), params, count: 1, uids: uid === '' ? [] : [uid] });
      return;
    }
    group.count += 1;
    if (group.uids.length < LISTED_UIDS) group.uids.push(warning.uid);
  }

  results(): CountedResult[] {
    return [...this.targets].map(([target, { counts, failedRecords, warnings, omitted }]) => ({
      countsAs: countsAs(target, this.dataType),
      result: {
        resource: target.name,
        detail: {
          count: counts,
          failedRecords,
          warnings: [...warnings.values()],
          ...(omitted.failedRecords + omitted.warnings > 0 ? { omitted } : {}),
        },
      },
    }));
  }

  private log(
    target: SyncTarget,
    outcome: Outcome & Pick<LoggedOutcome, 'removal'>,
    kind: OutcomeKind,
    dataType = this.dataType,
  ): void {
    if (outcome.action === 'unchanged') return;
    const params = outcome.params && boundedParams(outcome.params);
    this.onOutcome({ ...outcome, ...(params ? { params } : {}), target: countsAs(target, dataType), dataType, kind });
  }

  private of(target: SyncTarget): TargetReport {
    let report = this.targets.get(target);
    if (!report) {
      report = {
        counts: emptyCounts(),
        failedRecords: [],
        warnings: new Map(),
        omitted: { failedRecords: 0, warnings: 0 },
      };
      this.targets.set(target, report);
    }
    return report;
  }
}

/** The first failures are told; all of them are counted, and kept with the task. */
function tellFailure(report: TargetReport, record: UserDataRecord, code: ErrorCode, given: MessageParams): void {
  const { failedRecords, omitted } = report;
  if (failedRecords.length >= MAX_TOLD) {
    omitted.failedRecords += 1;
    return;
  }
  const params = boundedParams(given);
  const { value, isCut } = excerpt(maskSecrets(uidFirst(record)), MAX_TOLD_RECORD_LENGTH);
  const failure = { code, message: messageOf(code, params), params };
  failedRecords.push({ record: value as UserDataRecord, ...(isCut ? { isCut } : {}), ...failure });
}

/** Whatever is cut off, it has to be seen whose record it is. */
function uidFirst(record: unknown): unknown {
  if (typeof record !== 'object' || record === null || !Object.hasOwn(record, 'uid')) return record;
  const { uid } = record as UserDataRecord;
  return { uid, ...record };
}

const countsAs = (target: SyncTarget, dataType: SyncDataType) => target.countsAs?.(dataType) ?? target.name;

/** The counts of several batches summed, target by target. */
export function addCounts(total: Record<string, TargetCounts>, results: readonly CountedResult[]): void {
  for (const { countsAs: name, result } of results) {
    if (!Object.hasOwn(total, name)) setOwn(total, name, emptyCounts());
    const sum = total[name];
    for (const key of Object.keys(sum) as (keyof TargetCounts)[]) sum[key] += result.detail.count[key];
  }
}
