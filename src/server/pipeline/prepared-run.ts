import { SyncError } from '../errors';
import type { OriginRecordStore, PendingLinkStore } from '../links';
import type { Scope } from '../sources/source-rules';
import type { SyncDataType, SyncRecord } from '../records/types';
import { BatchRun } from './batch-run';
import { inChunks, type ChunkSize } from './chunks';
import type { Batch } from './batches';
import type { RunContext, TrackedRecord } from './contracts';
import { linkPass } from './link-pass';
import { ownersAmong, type Targets } from './owners';
import { Preview } from './preview-state';
import { divideBatches, loadMissing, type DividedBatch } from './removals';
import type { LoggedOutcome, CountedResult } from './report';
import type { RemovalForecast, RemovalShare } from './safeguard';
import { inScope } from './scope';
import type { RunExclusive } from './sync-chunk';

/** Records that are planned and written together: enough to make statements cheap, few enough to bound memory. */
const CHUNK: ChunkSize = { records: 2000, weight: 30_000 };
/** Records that wait for the end are judged together as far as possible: values may change hands among them. */
const FINAL_CHUNK: ChunkSize = { records: 10_000, weight: 150_000 };
/** Records that are missing bring their memberships along, which nobody has counted yet. */
const MISSING_PER_CHUNK: Readonly<Record<SyncDataType, number>> = { user: 500, department: 2000 };

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
    const runs = this.runs((outcome) => outcomes.push(outcome), 'users first');
    for (const run of runs) {
      await run.begin();
      const { batch } = run.divided;
      const owners = ownersAmong(this.deps.targets)(batch.dataType);
      for await (const records of this.removedPeeks(run.divided)) {
        const failedIn = new Map<string, Set<string>>();
        for (const target of run.targets.filter(({ name }) => owners.includes(name)))
          await run.simulate(target, records, failedIn, preview);
      }
    }
    const removals = outcomes.filter(({ kind }) => kind === 'removal');
    const results = runs.flatMap(({ report }) => report.results());
    const isEmpty = this.divided.some((batch) => batch.isEmpty);
    const adopted = uidsOf(removals.filter(({ dataType, removal }) => dataType === 'user' && removal === 'adopted'));
    const isJudged = isEmpty || removals.length > 0;
    return {
      users: await this.share('user', removals, isJudged),
      departments: await this.share('department', removals, isJudged),
      adopted: { removed: adopted.size, owned: adopted.size > 0 ? await this.countAdopted() : 0 },
      isEmpty,
      outcomes: removals,
      results,
    };
  }

  private async share(
    ofType: SyncDataType,
    removals: readonly LoggedOutcome[],
    isJudged: boolean,
  ): Promise<RemovalShare> {
    const removed = uidsOf(removals.filter(({ dataType, removal }) => dataType === ofType && removal !== undefined));
    const delivered = this.divided.filter(({ batch }) => batch.dataType === ofType);
    const owned = delivered.reduce((sum, { owned }) => sum + owned, 0);
    // What was not delivered stays as it is; how much that is, is counted only for whoever has to decide.
    return { removed: removed.size, owned: delivered.length > 0 || !isJudged ? owned : await this.countOwned(ofType) };
  }

  private async countOwned(dataType: SyncDataType): Promise<number> {
    const { origins, targets } = this.deps;
    let count = 0;
    for (const name of new Set(this.divided.map(({ batch }) => batch.sourceName)))
      count += await origins.countOwned(name, dataType, ownersAmong(targets)(dataType));
    return count;
  }

  /** How many of the users of the sources were there before. */
  private async countAdopted(): Promise<number> {
    const { origins, targets } = this.deps;
    const ofUsers = this.divided.filter(({ batch }) => batch.dataType === 'user');
    let count = 0;
    for (const name of new Set(ofUsers.map(({ batch }) => batch.sourceName)))
      count += await origins.countOwned(name, 'user', ownersAmong(targets)('user'), { adopted: true });
    return count;
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
      await run.begin();
      const { batch, present } = run.divided;
      const peeked = await this.deps.origins.peek(batch.sourceName, batch.dataType, present);
      for (const tracked of peeked) records.push(tracked);
      for await (const removed of this.removedPeeks(run.divided)) for (const tracked of removed) records.push(tracked);
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
    const store = async (run: BatchRun, records: readonly SyncRecord[]) => {
      signal?.throwIfAborted();
      const { batch } = run.divided;
      const { tracked, refused } = await origins.track(batch.sourceName, batch.dataType, records);
      await run.reject(refused);
      await observer.onProgress?.(refused.length);
      return tracked;
    };
    for (const run of runs) {
      const { batch, present } = run.divided;
      await observer.onProgress?.(batch.rejected.length);
      await run.begin();
      for (const chunk of inChunks(present, asItIs, CHUNK)) await take(run, await store(run, chunk), false);
    }
    for (const run of [...runs].sort(usersFirst)) {
      const { batch, deleted, missing } = run.divided;
      for (const chunk of inChunks(deleted, asItIs, CHUNK)) await take(run, await store(run, chunk), false);
      for await (const chunk of loadMissing(missing, origins, MISSING_PER_CHUNK[batch.dataType]))
        await take(run, chunk, false);
    }
    for (const run of runs) {
      const deferred = run.deferred.splice(0);
      for (const chunk of inChunks(deferred, ({ record }) => record, FINAL_CHUNK)) await take(run, chunk, true);
    }
    // Also when no department came: a run before this one may have broken between a department and its members.
    const reports = new Map([...runs].reverse().map(({ divided, report }) => [divided.batch.sourceName, report]));
    for (const [sourceName, report] of reports) await linkPass(sourceName, report, this.deps, this.context, signal);
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
    for (const chunk of inChunks(deleted, asItIs, CHUNK))
      yield await origins.peek(batch.sourceName, batch.dataType, chunk);
    yield* loadMissing(missing, origins, MISSING_PER_CHUNK[batch.dataType]);
  }
}

const uidsOf = (outcomes: readonly LoggedOutcome[]) => new Set(outcomes.map(({ uid }) => uid));

const asItIs = (record: SyncRecord) => record;

const rank = { user: 0, department: 1 };
const usersFirst = (a: BatchRun, b: BatchRun) => rank[a.divided.batch.dataType] - rank[b.divided.batch.dataType];

const ORDERS = {
  'users first': usersFirst,
  'departments first': (a: BatchRun, b: BatchRun) => usersFirst(b, a),
};
