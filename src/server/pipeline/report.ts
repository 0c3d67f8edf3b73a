import type { OutcomeKind, TargetCounts } from '../../common/outcomes';
import type { SyncDataType } from '../../common/records';
import { boundedParams, messageOf, type ErrorCode, type MessageParams } from '../errors';
import { excerpt, MAX_TOLD, MAX_TOLD_RECORD_LENGTH } from '../limits';
import type { LoggedOutcome, Outcome } from '../model/outcome';
import { nameIn, type Rejection, type SyncRecord, type UserDataRecord, type Warning } from '../model/records';
import { maskSecrets } from '../security/secrets';
import { setOwn } from '../security/set-own';
import { linkResourceOf, type SyncTarget } from './contracts';
import { decidesPresence } from './deciding-targets';

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

/** What one target did with one record set. The shape is public: it is what a push answers. */
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
  readonly target: string;
  readonly result: SyncResult;
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

/** A record that outcomes are about. */
export interface RecordInRun {
  readonly record: SyncRecord;
  /** Whether the row was there before the source claimed it. */
  readonly isAdopted: boolean;
}

/** Collects what became of one record set, target by target. `onOutcome` sees each outcome that is worth keeping. */
export class RecordSetReport {
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
    const name = nameIn(this.dataType, rejection.record) ?? uid;
    const entry = logged(target, { uid, name, action: 'failed', code, params }, 'rejected', this.dataType);
    if (entry) this.onOutcome(entry);
  }

  /** Counts and tells what became of a record, and has it kept. */
  add(target: SyncTarget, outcome: Outcome, from: RecordInRun | undefined): void {
    this.count(target, outcome, from?.record);
    const entry = this.entry(target, outcome, from);
    if (entry) this.onOutcome(entry);
  }

  /** Like `add`, for what is kept already. */
  count(target: SyncTarget, outcome: Outcome, record: SyncRecord | undefined): void {
    const report = this.of(target);
    report.counts.all += 1;
    report.counts[outcome.action] += 1;
    if (outcome.action === 'failed') {
      const { uid, code = 'TARGET_FAILED', params = {} } = outcome;
      tellFailure(report, record?.raw ?? { uid }, code, params);
    } else {
      report.counts.success += 1;
    }
  }

  /** An outcome as it is kept; nothing for a record that is simply unchanged. */
  entry(
    target: SyncTarget,
    outcome: Outcome,
    from: RecordInRun | undefined,
    dataType = this.dataType,
  ): LoggedOutcome | undefined {
    const isDeleted = from?.record.isDeleted === true;
    const isRemoval = isDeleted && outcome.action !== 'failed' && decidesPresence(target, dataType);
    const removal = from?.isAdopted ? ('adopted' as const) : ('made' as const);
    return logged(target, isRemoval ? { ...outcome, removal } : outcome, isDeleted ? 'removal' : 'record', dataType);
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
      target: target.name,
      result: {
        resource: linkResourceOf(target),
        detail: {
          count: counts,
          failedRecords,
          warnings: [...warnings.values()],
          ...(omitted.failedRecords + omitted.warnings > 0 ? { omitted } : {}),
        },
      },
    }));
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

function logged(
  target: SyncTarget,
  outcome: Outcome & Pick<LoggedOutcome, 'removal'>,
  kind: OutcomeKind,
  dataType: SyncDataType,
): LoggedOutcome | undefined {
  if (outcome.action === 'unchanged') return undefined;
  const params = outcome.params && boundedParams(outcome.params);
  return { ...outcome, ...(params ? { params } : {}), target: target.name, dataType, kind };
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

/** The uid comes first, so that it is still there when the rest of a record is cut off. */
function uidFirst(record: unknown): unknown {
  if (typeof record !== 'object' || record === null || !Object.hasOwn(record, 'uid')) return record;
  const { uid } = record as UserDataRecord;
  return { uid, ...record };
}

/** The counts of several record sets summed, target by target. */
export function addCounts(total: Record<string, TargetCounts>, results: readonly CountedResult[]): void {
  for (const { target: name, result } of results) {
    if (!Object.hasOwn(total, name)) setOwn(total, name, emptyCounts());
    const sum = total[name];
    for (const key of Object.keys(sum) as (keyof TargetCounts)[]) sum[key] += result.detail.count[key];
  }
}
