import { messageOf, type ErrorCode, type MessageParams } from '../errors';
import type { Rejection, UserDataRecord, Warning } from '../records/types';
import type { Outcome } from './contracts';

/** How many records of a target ended how. Link passes after a delivery do not count. */
export interface TargetCounts {
  all: number;
  success: number;
  failed: number;
  created: number;
  updated: number;
  unchanged: number;
  linked: number;
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

/** What one target did with one delivery. The shape is public: it is what a push answers. */
export interface SyncResult {
  resource: string;
  detail: {
    count: TargetCounts;
    failedRecords: FailedRecord[];
    warnings: WarningGroup[];
  };
}

/** An outcome as it is kept with the task. */
export interface LoggedOutcome extends Outcome {
  readonly target: string;
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
  unlinked: 0,
  deleted: 0,
  warnings: 0,
});

interface TargetReport {
  counts: TargetCounts;
  failedRecords: FailedRecord[];
  warnings: Map<string, WarningGroup>;
}

/** Collects what one delivery did, target by target. `onOutcome` sees each outcome that is worth keeping. */
export class DeliveryReport {
  private readonly targets = new Map<string, TargetReport>();

  constructor(private readonly onOutcome: (outcome: LoggedOutcome) => void = () => {}) {}

  /** Makes a target appear in the result even when no record reaches it. */
  open(target: string): void {
    this.of(target);
  }

  reject(target: string, rejection: Rejection): void {
    const { counts, failedRecords } = this.of(target);
    counts.all += 1;
    counts.failed += 1;
    failedRecords.push(this.failure(rejection.record as UserDataRecord, rejection.code, rejection.params));
    const uid = rejection.uid ?? '';
    this.onOutcome({ target, uid, name: uid, action: 'failed', code: rejection.code, params: rejection.params });
  }

  add(target: string, outcome: Outcome, record: UserDataRecord): void {
    const { counts, failedRecords } = this.of(target);
    counts.all += 1;
    counts[outcome.action] += 1;
    if (outcome.action === 'failed') {
      failedRecords.push(this.failure(record, outcome.code ?? 'TARGET_FAILED', outcome.params ?? {}));
    } else {
      counts.success += 1;
    }
    if (outcome.action !== 'unchanged') this.onOutcome({ ...outcome, target });
  }

  /** A stored record whose link could be made at last: worth keeping, but not a record of this delivery. */
  addLinkPass(target: string, outcome: Outcome): void {
    if (outcome.action !== 'unchanged') this.onOutcome({ ...outcome, target });
  }

  warn(target: string, warning: Warning): void {
    const { counts, warnings } = this.of(target);
    counts.warnings += 1;
    const subject = warning.params.field ?? warning.params.department ?? warning.params.parent ?? '';
    const key = `${warning.code} ${subject}`;
    const group = warnings.get(key);
    if (!group) {
      const { code, params, uid } = warning;
      warnings.set(key, { code, message: messageOf(code, params), params, count: 1, uids: [uid] });
      return;
    }
    group.count += 1;
    if (group.uids.length < LISTED_UIDS) group.uids.push(warning.uid);
  }

  results(): SyncResult[] {
    return [...this.targets].map(([resource, { counts, failedRecords, warnings }]) => ({
      resource,
      detail: { count: counts, failedRecords, warnings: [...warnings.values()] },
    }));
  }

  private failure(record: UserDataRecord, code: ErrorCode, params: MessageParams): FailedRecord {
    return { record, code, message: messageOf(code, params), params };
  }

  private of(target: string): TargetReport {
    let report = this.targets.get(target);
    if (!report) {
      report = { counts: emptyCounts(), failedRecords: [], warnings: new Map() };
      this.targets.set(target, report);
    }
    return report;
  }
}

/** The counts of an action summed over several deliveries, target by target. */
export function addCounts(total: Record<string, TargetCounts>, results: readonly SyncResult[]): void {
  for (const { resource, detail } of results) {
    const sum = (total[resource] ??= emptyCounts());
    for (const key of Object.keys(sum) as (keyof TargetCounts)[]) sum[key] += detail.count[key];
  }
}
