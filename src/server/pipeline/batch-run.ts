import { Breather } from '../pacing';
import type { DividedBatch } from './removals';
import { syncChunk, type ChunkResult, type RunExclusive } from './sync-chunk';
import { dependenciesOf, type RunContext, type SyncTarget, type TargetChunk, type TrackedRecord } from './contracts';
import type { Preview } from './preview-state';
import { BatchReport, type LoggedOutcome } from './report';
import type { Rejection } from '../records/types';

/** Takes the records of one batch through its targets and reports what became of them. */
export class BatchRun {
  readonly report: BatchReport;
  /** Records that can only be judged when everything else has been dealt with. */
  readonly deferred: TrackedRecord[] = [];

  constructor(
    readonly divided: DividedBatch,
    readonly targets: readonly SyncTarget[],
    private readonly context: RunContext,
    private readonly exclusively: RunExclusive,
    onOutcome: (outcome: LoggedOutcome) => void,
  ) {
    this.report = new BatchReport(divided.batch.dataType, onOutcome);
    for (const target of targets) this.report.open(target);
  }

  /** Reports what was found out about the records before any target saw them; once, before everything else. */
  async begin(): Promise<void> {
    const { rejected, warnings } = this.divided.batch;
    await this.reject(rejected);
    const breather = new Breather();
    for (const warning of warnings) {
      this.report.warn(this.targets[0], warning);
      await breather.breathe();
    }
  }

  /** Records that reach no target. */
  async reject(rejections: readonly Rejection[]): Promise<void> {
    const breather = new Breather();
    for (const rejection of rejections) {
      this.report.reject(this.targets[0], rejection);
      await breather.breathe();
    }
  }

  /**
   * Plans and writes records in every target in order. A record that fails in a target does not reach the targets that
   * depend on it. Gives back how many records have been dealt with.
   */
  async apply(records: readonly TrackedRecord[], final: boolean): Promise<number> {
    const failedIn = new Map<string, Set<string>>();
    const deferred = new Map<string, TrackedRecord>();
    for (const target of this.targets) {
      const reached = reachedBy(target, records, failedIn).filter(({ record }) => !deferred.has(record.uid));
      // What is written may take links away.
      const adopted = adoptedBy(target, reached);
      const result = await syncChunk(target, this.chunk(reached, final), this.exclusively);
      for (const tracked of result.deferred) deferred.set(tracked.record.uid, tracked);
      failedIn.set(target.name, await this.tell(target, reached, result, adopted));
    }
    for (const tracked of deferred.values()) this.deferred.push(tracked);
    return records.length - deferred.size;
  }

  /** Plans records in one target, as the last ones of the run, and notes for later plans what would be there. */
  async simulate(
    target: SyncTarget,
    records: readonly TrackedRecord[],
    failedIn: Map<string, Set<string>>,
    preview: Preview,
  ): Promise<void> {
    const reached = reachedBy(target, records, failedIn);
    const plan = await target.plan({ ...this.chunk(reached, true), preview });
    await target.simulate?.(plan, preview);
    failedIn.set(target.name, await this.tell(target, reached, plan, adoptedBy(target, reached)));
  }

  private chunk(records: readonly TrackedRecord[], final: boolean): TargetChunk {
    const { sourceName, dataType, matchKey } = this.divided.batch;
    return { sourceName, dataType, matchKey, records, final, run: this.context };
  }

  private async tell(
    target: SyncTarget,
    records: readonly TrackedRecord[],
    { outcomes, warnings }: Pick<ChunkResult, 'outcomes' | 'warnings'>,
    adopted: ReadonlySet<string>,
  ): Promise<Set<string>> {
    const breather = new Breather();
    const recordOf = new Map(records.map(({ record }) => [record.uid, record]));
    const failures = new Set<string>();
    for (const outcome of outcomes) {
      this.report.add(target, outcome, recordOf.get(outcome.uid), adopted.has(outcome.uid));
      if (outcome.action === 'failed') failures.add(outcome.uid);
      await breather.breathe();
    }
    for (const warning of warnings) {
      this.report.warn(target, warning);
      await breather.breathe();
    }
    return failures;
  }
}

/** Uids of records that are removed and whose row was there before the source claimed it. */
function adoptedBy({ name }: SyncTarget, records: readonly TrackedRecord[]): Set<string> {
  const isAdopted = ({ record, links }: TrackedRecord) =>
    record.isDeleted && links.some(({ resource, adopted }) => resource === name && adopted);
  return new Set(records.filter(isAdopted).map(({ record }) => record.uid));
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
