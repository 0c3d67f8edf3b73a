import type { OwnedRecord } from '../links';
import type { Outcome } from '../model/outcome';
import type { Rejection, SyncRecord, Warning } from '../model/records';
import { withLinks, type TrackedRecord } from '../model/tracked-record';
import { Breather } from '../pacing';
import type { ChunkWork } from './chunk-work';
import { inChunks, weightOf, type ChunkSize } from './chunks';
import { dependenciesOf, linkResourceOf, type RunContext, type SyncTarget, type TargetChunk } from './contracts';
import type { RunObserver } from './deps';
import type { DividedRecordSet } from './removals';
import { RecordSetReport, type RecordInRun } from './report';
import type { ChunkResult, KeepOutcomes } from './sync-chunk';

/** Records that can only be judged when everything else has been dealt with; they are read again then. */
export interface WaitingRecords {
  /** Uids of records that were delivered. */
  readonly delivered: ReadonlySet<string>;
  /** Records that the delivery does not have. */
  readonly missing: readonly OwnedRecord[];
}

const nothingWaits = () => ({ delivered: new Set<string>(), missing: [] as OwnedRecord[], weight: 0 });

/** Takes one record set through its targets and reports what became of its records. */
export class RecordSetRun {
  readonly report: RecordSetReport;
  private waiting = nothingWaits();
  private isRead = false;

  constructor(
    readonly divided: DividedRecordSet,
    private readonly targets: readonly SyncTarget[],
    private readonly context: RunContext,
    private readonly work: ChunkWork,
    private readonly observer: RunObserver,
  ) {
    this.report = new RecordSetReport(divided.recordSet.dataType, (outcome) => observer.onOutcome?.(outcome));
    for (const target of targets) this.report.open(target);
    for (const warning of divided.warnings) this.report.warn(targets[0], warning);
  }

  /** How many records wait for the end. */
  get waitingCount(): number {
    return this.waiting.delivered.size + this.waiting.missing.length;
  }

  /** Whether the records that wait for the end can be judged together. */
  fitsWaiting({ records, weight }: ChunkSize): boolean {
    return this.waitingCount <= records && this.waiting.weight <= weight;
  }

  /** The records that wait for the end, which then do not any more. */
  takeWaiting(): WaitingRecords {
    const { waiting } = this;
    this.waiting = nothingWaits();
    return waiting;
  }

  /** Some of the delivered records, chunk by chunk. */
  delivered(which: (record: SyncRecord) => boolean, size: ChunkSize): AsyncGenerator<readonly SyncRecord[]> {
    return inChunks(this.pages(which), size);
  }

  /** What was found out about records before any target sees them is reported when they are read for the first time. */
  private async *pages(which: (record: SyncRecord) => boolean): AsyncGenerator<readonly SyncRecord[]> {
    const isFirst = !this.isRead;
    this.isRead = true;
    for await (const { records, rejected, warnings } of this.divided.recordSet.pages()) {
      if (isFirst) {
        await this.warn(warnings);
        await this.reject(rejected);
      }
      yield records.filter(which);
    }
  }

  /** Reports what was found out about records, unless they have been read already. */
  async readRejected(): Promise<void> {
    if (this.isRead) return;
    const pages = this.pages(() => false);
    while (!(await pages.next()).done);
  }

  /** Stores, or looks up, what is known about delivered records, and takes them through the targets. */
  async takeDelivered(records: readonly SyncRecord[], final: boolean): Promise<void> {
    this.observer.signal?.throwIfAborted();
    const { sourceName, dataType } = this.divided.recordSet;
    const { tracked, refused } = await this.work.track(sourceName, dataType, records);
    await this.reject(refused);
    for (const { record } of await this.take(tracked, final)) {
      this.waiting.delivered.add(record.uid);
      this.waiting.weight += weightOf(record);
    }
  }

  /** Takes records that the delivery does not have through the targets. */
  async takeMissing(records: readonly TrackedRecord[], final: boolean): Promise<void> {
    this.observer.signal?.throwIfAborted();
    for (const { id, record } of await this.take(records, final)) this.waiting.missing.push({ id, uid: record.uid });
  }

  /**
   * Plans records in every target in order, and writes them where this run writes. A record that fails in a target does
   * not reach the targets that depend on it. Gives back those that cannot be judged yet.
   */
  private async take(records: readonly TrackedRecord[], final: boolean): Promise<Iterable<TrackedRecord>> {
    const failedIn = new Map<string, ReadonlySet<string>>();
    const deferred = new Map<string, TrackedRecord>();
    let current = records;
    for (const target of this.targets) {
      const reached = reachedBy(target, current, failedIn).filter(({ record }) => !deferred.has(record.uid));
      const from = recordsInRun(target, reached);
      const keep: KeepOutcomes = async (outcomes, transaction) => {
        const entries = outcomes.flatMap((outcome) => this.report.entry(target, outcome, from.get(outcome.uid)) ?? []);
        await this.observer.onWritten?.(entries, transaction);
      };
      const result = await this.work.perform(target, this.chunk(reached, final), keep);
      for (const tracked of result.deferred) deferred.set(tracked.record.uid, tracked);
      noteFailures(failedIn, target, await this.tell(target, from, result));
      current = withLinks(current, result.links);
    }
    await this.observer.onProgress?.(records.length - deferred.size);
    return deferred.values();
  }

  /** Records that reach no target. */
  private async reject(rejections: readonly Rejection[]): Promise<void> {
    const breather = new Breather();
    for (const rejection of rejections) {
      this.report.reject(this.targets[0], rejection);
      await breather.breathe();
    }
    if (rejections.length > 0) await this.observer.onProgress?.(rejections.length);
  }

  private async warn(warnings: readonly Warning[]): Promise<void> {
    const breather = new Breather();
    for (const warning of warnings) {
      this.report.warn(this.targets[0], warning);
      await breather.breathe();
    }
  }

  private chunk(records: readonly TrackedRecord[], final: boolean): TargetChunk {
    const { sourceName, dataType, matchKey } = this.divided.recordSet;
    return { sourceName, dataType, matchKey, records, final, run: this.context };
  }

  private async tell(
    target: SyncTarget,
    from: ReadonlyMap<string, RecordInRun>,
    { kept, outcomes, warnings }: Pick<ChunkResult, 'kept' | 'outcomes' | 'warnings'>,
  ): Promise<Set<string>> {
    const breather = new Breather();
    const failures = new Set<string>();
    const note = async ({ uid, action }: Outcome) => {
      if (action === 'failed') failures.add(uid);
      await breather.breathe();
    };
    for (const outcome of kept) {
      this.report.count(target, outcome, from.get(outcome.uid)?.record);
      await note(outcome);
    }
    for (const outcome of outcomes) {
      this.report.add(target, outcome, from.get(outcome.uid));
      await note(outcome);
    }
    for (const warning of warnings) {
      this.report.warn(target, warning);
      await breather.breathe();
    }
    return failures;
  }
}

/** Records by their uid. A row is adopted when it was there before the source claimed it; only removals ask for it. */
function recordsInRun(target: SyncTarget, records: readonly TrackedRecord[]): Map<string, RecordInRun> {
  const own = linkResourceOf(target);
  const isAdopted = ({ record, links }: TrackedRecord) =>
    record.isDeleted && links.some(({ resource, adopted }) => resource === own && adopted);
  return new Map(
    records.map((tracked) => [tracked.record.uid, { record: tracked.record, isAdopted: isAdopted(tracked) }]),
  );
}

/** Others depend on a target by its name or by its resource. */
function noteFailures(failedIn: Map<string, ReadonlySet<string>>, target: SyncTarget, uids: ReadonlySet<string>): void {
  failedIn.set(linkResourceOf(target), uids);
  failedIn.set(target.name, uids);
}

function reachedBy(
  target: SyncTarget,
  records: readonly TrackedRecord[],
  failedIn: ReadonlyMap<string, ReadonlySet<string>>,
): TrackedRecord[] {
  return records.filter(
    ({ record }) => !dependenciesOf(target, record.dataType).some((name) => failedIn.get(name)?.has(record.uid)),
  );
}
