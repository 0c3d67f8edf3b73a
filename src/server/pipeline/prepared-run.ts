import { inSlices } from '../database/slices';
import { SyncError } from '../errors';
import type { OriginRecordStore, PendingLinkStore } from '../links';
import type { Scope } from '../sources/source-rules';
import type { SyncDataType } from '../records/types';
import { BatchRun } from './batch-run';
import type { Batch } from './batches';
import type { RunContext, TrackedRecord } from './contracts';
import { linkPass } from './link-pass';
import { ownersAmong, type Targets } from './owners';
import { Preview } from './preview-state';
import { divideBatches, loadMissing, type DividedBatch } from './removals';
import type { LoggedOutcome, CountedResult } from './report';
import type { RemovalForecast } from './safeguard';
import { inScope } from './scope';
import type { RunExclusive } from './sync-chunk';

/** Records that are planned and written together: enough to make statements cheap, few enough to bound memory. */
const RECORDS_PER_CHUNK = 2000;
/** Records that wait for the end are judged together as far as possible: values may change hands among them. */
const RECORDS_PER_FINAL_CHUNK = 10_000;

/** What running needs. */
export interface PipelineDeps {
  readonly targets: Targets;
  readonly origins: OriginRecordStore;
  readonly pending: PendingLinkStore;
  readonly exclusively: RunExclusive;
}

/** Who wants to know how a run goes, and who may stop it. All optional. */
export interface RunObserver {
  readonly signal?: AbortSignal;
  /** Every outcome that is not simply unchanged. */
  onOutcome?(outcome: LoggedOutcome): void;
  /** After each step: how many records have been dealt with since the last call. */
  onProgress?(done: number): Promise<void>;
}

/** What a run would remove: how much, and what would become of each record. */
export interface ForecastRemovals extends RemovalForecast {
  readonly outcomes: readonly LoggedOutcome[];
  readonly results: readonly CountedResult[];
}

/**
 * A run whose deliveries have all come, ready to be judged, tried out or applied: push, pull, approval and retry all come
 * through here.
 */
export class PreparedRun {
  private constructor(
    private readonly divided: readonly DividedBatch[],
    private readonly context: RunContext,
    private readonly deps: PipelineDeps,
  ) {}

  static async of(
    batches: readonly Batch[],
    scope: Scope,
    context: RunContext,
    deps: PipelineDeps,
  ): Promise<PreparedRun> {
    const isTaken = ({ dataType }: Batch) => deps.targets.accepting(dataType).length > 0;
    const refused = batches.find((batch) => !isTaken(batch));
    if (refused && !context.isPurge) throw new SyncError('NO_TARGET', { dataType: refused.dataType });
    const ownersOf = ownersAmong(deps.targets);
    const scoped = await inScope(batches.filter(isTaken), scope, deps.origins, ownersOf);
    return new PreparedRun(await divideBatches(scoped, deps.origins, ownersOf, context.isPurge), context, deps);
  }

  /** Records that a full delivery does not have: they are dealt with besides those that came. */
  get missing(): number {
    return this.divided.reduce((sum, { missing }) => sum + missing.length, 0);
  }

  /** Plans what would be removed, and nothing else. Writes nothing. */
  async forecast(): Promise<ForecastRemovals> {
    const outcomes: LoggedOutcome[] = [];
    const preview = new Preview();
    const goneOf = { user: new Set<string>(), department: new Set<string>() };
    const runs = this.runs((outcome) => outcomes.push(outcome), 'users first');
    for (const run of runs) {
      const { batch } = run.divided;
      const owners = ownersAmong(this.deps.targets)(batch.dataType);
      for await (const records of this.removedPeeks(run.divided)) {
        const failedIn = new Map<string, Set<string>>();
        for (const target of run.targets.filter(({ name }) => owners.includes(name)))
          await run.simulate(target, records, failedIn, preview);
      }
    }
    for (const { dataType, uid, action } of outcomes) if (action !== 'failed') goneOf[dataType].add(uid);
    const share = (dataType: SyncDataType) => ({
      removed: goneOf[dataType].size,
      owned: this.divided.reduce((sum, { batch, owned }) => sum + (batch.dataType === dataType ? owned : 0), 0),
    });
    const removals = outcomes.filter(({ kind }) => kind === 'removal');
    const results = runs.flatMap(({ report }) => report.results());
    const isEmpty = this.divided.some((batch) => batch.isEmpty);
    return { users: share('user'), departments: share('department'), isEmpty, outcomes: removals, results };
  }

  /** Plans everything at once and writes nothing. */
  async preview(observer: RunObserver): Promise<CountedResult[]> {
    const preview = new Preview();
    const runs = this.runs((outcome) => observer.onOutcome?.(outcome), 'departments first').map((run) => ({
      run,
      records: [] as TrackedRecord[],
      failedIn: new Map<string, Set<string>>(),
    }));
    for (const { run, records } of runs) {
      const { batch, present } = run.divided;
      records.push(...(await this.deps.origins.peek(batch.sourceName, batch.dataType, present)));
      for await (const removed of this.removedPeeks(run.divided)) records.push(...removed);
    }
    // Target by target: what users are there decides about departments, and both about who is in which.
    const { targets } = this.deps;
    for (const target of new Set([...targets.accepting('user'), ...targets.accepting('department')])) {
      for (const { run, records, failedIn } of runs.filter(({ run }) => run.targets.includes(target))) {
        observer.signal?.throwIfAborted();
        await run.simulate(target, records, failedIn, preview);
        await observer.onProgress?.(0);
      }
    }
    return runs.flatMap(({ run }) => run.report.results());
  }

  /**
   * Writes what was delivered: first what is there, departments before their members, then removals, so that a run that
   * breaks before them has removed nobody, then what could only be judged after that.
   */
  async apply(observer: RunObserver = {}): Promise<CountedResult[]> {
    const { origins } = this.deps;
    const { signal } = observer;
    const runs = this.runs((outcome) => observer.onOutcome?.(outcome), 'departments first');
    const take = async (run: BatchRun, records: readonly TrackedRecord[], final: boolean) => {
      signal?.throwIfAborted();
      const done = await run.apply(records, final);
      await observer.onProgress?.(done);
    };
    for (const run of runs) {
      const { batch, present } = run.divided;
      await observer.onProgress?.(batch.rejected.length);
      for (const chunk of inSlices(present, RECORDS_PER_CHUNK)) {
        signal?.throwIfAborted();
        await take(run, await origins.track(batch.sourceName, batch.dataType, chunk), false);
      }
    }
    for (const run of [...runs].sort(usersFirst)) {
      const { batch, deleted, missing } = run.divided;
      for (const chunk of inSlices(deleted, RECORDS_PER_CHUNK))
        await take(run, await origins.track(batch.sourceName, batch.dataType, chunk), false);
      for await (const chunk of loadMissing(missing, origins, RECORDS_PER_CHUNK)) await take(run, chunk, false);
    }
    for (const run of runs) {
      for (const chunk of inSlices(run.deferred.splice(0), RECORDS_PER_FINAL_CHUNK)) await take(run, chunk, true);
    }
    for (const { divided, report } of runs.filter(({ divided }) => divided.batch.dataType === 'department'))
      await linkPass(divided.batch.sourceName, report, this.deps, this.context, signal);
    return runs.flatMap(({ report }) => report.results());
  }

  private runs(onOutcome: (outcome: LoggedOutcome) => void, order: keyof typeof ORDERS): BatchRun[] {
    const { targets, exclusively } = this.deps;
    return this.divided
      .map(
        (divided) =>
          new BatchRun(divided, targets.accepting(divided.batch.dataType), this.context, exclusively, onOutcome),
      )
      .sort(ORDERS[order]);
  }

  /** What goes, as it is stored now. */
  private async *removedPeeks({ batch, deleted, missing }: DividedBatch): AsyncGenerator<TrackedRecord[]> {
    const { origins } = this.deps;
    for (const chunk of inSlices(deleted, RECORDS_PER_CHUNK))
      yield await origins.peek(batch.sourceName, batch.dataType, chunk);
    yield* loadMissing(missing, origins, RECORDS_PER_CHUNK);
  }
}

const rank = { user: 0, department: 1 };
const usersFirst = (a: BatchRun, b: BatchRun) => rank[a.divided.batch.dataType] - rank[b.divided.batch.dataType];

const ORDERS = {
  'users first': usersFirst,
  'departments first': (a: BatchRun, b: BatchRun) => usersFirst(b, a),
};
