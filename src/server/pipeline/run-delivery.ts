import { SyncError } from '../errors';
import { inSlices } from '../database/slices';
import type { OriginRecordStore, PendingLinkStore } from '../links';
import { normalise } from '../records/normalise';
import type { Delivery } from '../records/types';
import type { SyncTarget, TrackedRecord } from './contracts';
import { DeliveryReport, type LoggedOutcome, type SyncResult } from './report';
import { syncChunk, type RunExclusive } from './sync-chunk';

/** Records that are planned and written together: enough to make statements cheap, few enough to bound memory. */
const RECORDS_PER_CHUNK = 2000;

/** What running a delivery needs. */
export interface PipelineDeps {
  readonly targets: { accepting(dataType: Delivery['dataType']): readonly SyncTarget[] };
  readonly origins: OriginRecordStore;
  readonly pending: PendingLinkStore;
  readonly exclusively: RunExclusive;
}

/** Who wants to know how a run goes, and who may stop it. All optional. */
export interface RunObserver {
  readonly signal?: AbortSignal;
  /** Every outcome that is not simply unchanged. */
  onOutcome?(outcome: LoggedOutcome): void;
  /** After each chunk: how many records have been dealt with since the last call. */
  onProgress?(done: number): Promise<void>;
}

/** One delivery, from what was received to what became of each record. Push and pull both come through here. */
export async function runDelivery(
  delivery: Delivery,
  deps: PipelineDeps,
  observer: RunObserver = {},
): Promise<SyncResult[]> {
  const targets = deps.targets.accepting(delivery.dataType);
  if (targets.length === 0) throw new SyncError('NO_TARGET', { dataType: delivery.dataType });
  const { records, rejected, warnings } = normalise(delivery);
  const report = new DeliveryReport((outcome) => observer.onOutcome?.(outcome));
  for (const target of targets) report.open(target.name);
  for (const rejection of rejected) report.reject(targets[0].name, rejection);
  for (const warning of warnings) report.warn(targets[0].name, warning);
  await observer.onProgress?.(rejected.length);

  const run = new DeliveryRun(delivery, targets, deps, report);
  const deferred: TrackedRecord[] = [];
  for (const chunk of inSlices(records, RECORDS_PER_CHUNK)) {
    observer.signal?.throwIfAborted();
    const tracked = await deps.origins.track(delivery.sourceName, delivery.dataType, chunk);
    const later = await run.chunk(tracked, false);
    deferred.push(...later);
    await observer.onProgress?.(chunk.length - later.length);
  }
  for (const chunk of inSlices(deferred, deferred.length)) {
    observer.signal?.throwIfAborted();
    await run.chunk(chunk, true);
    await observer.onProgress?.(chunk.length);
  }
  if (delivery.dataType === 'department') await run.linkPass(observer.signal);
  return report.results();
}

/** Takes chunks of one delivery through the targets. */
class DeliveryRun {
  constructor(
    private readonly delivery: Delivery,
    private readonly targets: readonly SyncTarget[],
    private readonly deps: PipelineDeps,
    private readonly report: DeliveryReport,
  ) {}

  /**
   * Takes records through every target in order and gives back those that can only be judged at the end. A record that
   * fails in a target does not reach the targets that depend on it.
   */
  async chunk(records: readonly TrackedRecord[], final: boolean): Promise<TrackedRecord[]> {
    const { sourceName, dataType, matchKey } = this.delivery;
    const failedIn = new Map<string, Set<string>>();
    const deferred = new Map<string, TrackedRecord>();
    for (const target of this.targets) {
      const blockers = (target.dependsOn ?? []).map((name) => failedIn.get(name));
      const reached = records.filter(
        ({ record: { uid } }) => !deferred.has(uid) && !blockers.some((uids) => uids?.has(uid)),
      );
      const chunk = { sourceName, dataType, matchKey, records: reached, final };
      const result = await syncChunk(target, chunk, this.deps.exclusively);
      for (const tracked of result.deferred) deferred.set(tracked.record.uid, tracked);
      failedIn.set(target.name, this.reportChunk(target, reached, result));
    }
    return [...deferred.values()];
  }

  /** Makes links that stored records waited for, as far as what they waited for is there now. */
  async linkPass(signal?: AbortSignal): Promise<void> {
    const { sourceName } = this.delivery;
    const arrived = await this.deps.pending.arrived(sourceName);
    for (let after: string | number = 0; arrived.length > 0;) {
      signal?.throwIfAborted();
      const ids = await this.deps.pending.waitingFor(sourceName, arrived, after, RECORDS_PER_CHUNK);
      if (ids.length === 0) return;
      after = ids[ids.length - 1];
      const woken = await this.deps.origins.load(ids);
      for (const dataType of ['department', 'user'] as const) {
        const records = woken.filter(({ record }) => record.dataType === dataType && !record.isDeleted);
        await this.linkChunk(dataType, records);
      }
    }
  }

  private async linkChunk(dataType: Delivery['dataType'], records: readonly TrackedRecord[]): Promise<void> {
    const target = this.deps.targets.accepting(dataType).find(({ name }) => name === 'departments');
    if (!target || records.length === 0) return;
    const { sourceName } = this.delivery;
    const chunk = { sourceName, dataType, records, final: true };
    const { outcomes } = await syncChunk(target, chunk, this.deps.exclusively);
    for (const outcome of outcomes) this.report.addLinkPass(target.name, outcome);
  }

  private reportChunk(
    target: SyncTarget,
    records: readonly TrackedRecord[],
    { outcomes, warnings }: Awaited<ReturnType<typeof syncChunk>>,
  ): Set<string> {
    const rawOf = new Map(records.map(({ record }) => [record.uid, record.raw]));
    const failures = new Set<string>();
    for (const outcome of outcomes) {
      this.report.add(target.name, outcome, rawOf.get(outcome.uid) ?? { uid: outcome.uid });
      if (outcome.action === 'failed') failures.add(outcome.uid);
    }
    for (const warning of warnings) this.report.warn(target.name, warning);
    return failures;
  }
}
