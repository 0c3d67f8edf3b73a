import type { SyncDataType } from '../../common/records';
import type { Scope } from '../../common/rules';
import type { RecordSet } from '../deliveries';
import { SyncError } from '../errors';
import type { LoggedOutcome } from '../model/outcome';
import type { SyncRecord } from '../model/records';
import { RecordSetRun } from './record-set-run';
import { foreseeing, writing, type ChunkWork } from './chunk-work';
import { CHUNK_SIZES, type ChunkSize, type ChunkSizes } from './chunks';
import { linkResourceOf, type RunContext, type SyncTarget } from './contracts';
import type { PipelineDeps, RunObserver } from './deps';
import { linkPass } from './link-pass';
import { decidingAmong } from './deciding-targets';
import { divideRecordSets, loadMissing, type DividedRecordSet } from './removals';
import type { CountedResult } from './report';
import type { RemovalForecast, RemovalShare } from './safeguard';
import { inScope } from './scope';

/** What a run would remove: how much, and what would become of each record. */
export interface ForecastRemovals extends RemovalForecast {
  readonly outcomes: readonly LoggedOutcome[];
  /** What would be told about the run if nothing but its removals were done. */
  readonly results: () => Promise<readonly CountedResult[]>;
}

/**
 * A run that has received everything, ready to be judged, previewed or applied: push, pull, approval and retry all come
 * through here. A preview takes the same path as an apply.
 */
export class PreparedRun {
  private readonly sizes: ChunkSizes;

  private constructor(
    private readonly divided: readonly DividedRecordSet[],
    private readonly context: RunContext,
    private readonly deps: PipelineDeps,
  ) {
    this.sizes = deps.chunkSizes ?? CHUNK_SIZES;
  }

  static async of(
    recordSets: readonly RecordSet[],
    scope: Scope,
    context: RunContext,
    deps: PipelineDeps,
  ): Promise<PreparedRun> {
    const isTaken = ({ dataType }: RecordSet) => deps.targets.accepting(dataType).length > 0;
    const refused = recordSets.find((recordSet) => !isTaken(recordSet));
    if (refused && !context.isPurge) throw new SyncError('NO_TARGET', { dataType: refused.dataType });
    const decidingFor = decidingAmong(deps.targets);
    const scoped = await inScope(recordSets.filter(isTaken), scope, deps.origins, decidingFor);
    return new PreparedRun(await divideRecordSets(scoped, deps.origins, decidingFor, context.isPurge), context, deps);
  }

  /** Records that a full delivery does not have: they are dealt with besides those that came. */
  get missing(): number {
    return this.divided.reduce((sum, { missing }) => sum + missing.length, 0);
  }

  /** Plans what would be removed, and nothing else. Writes nothing. */
  async forecast(): Promise<ForecastRemovals> {
    const outcomes: LoggedOutcome[] = [];
    const observer: RunObserver = { onOutcome: (outcome) => void outcomes.push(outcome) };
    const decides = (target: SyncTarget, dataType: SyncDataType) =>
      decidingAmong(this.deps.targets)(dataType).includes(linkResourceOf(target));
    const runs = this.runs(foreseeing(this.deps.origins, decides), observer);
    await this.takeRemoved(runs);
    for (const run of runs) await this.takeWaiting(run);
    const removals = outcomes.filter(({ kind }) => kind === 'removal');
    const isEmpty = this.divided.some((recordSet) => recordSet.isEmpty);
    const adopted = uidsOf(removals.filter(({ dataType, removal }) => dataType === 'user' && removal === 'adopted'));
    const isJudged = isEmpty || removals.length > 0;
    return {
      users: await this.share('user', removals, isJudged),
      departments: await this.share('department', removals, isJudged),
      adopted: { removed: adopted.size, owned: adopted.size > 0 ? await this.countAdopted() : 0 },
      isEmpty,
      outcomes: removals,
      results: async () => {
        for (const run of runs) await run.readRejected();
        return runs.flatMap(({ report }) => report.results());
      },
    };
  }

  private async share(
    ofType: SyncDataType,
    removals: readonly LoggedOutcome[],
    isJudged: boolean,
  ): Promise<RemovalShare> {
    const removed = uidsOf(removals.filter(({ dataType, removal }) => dataType === ofType && removal !== undefined));
    const delivered = this.divided.filter(({ recordSet }) => recordSet.dataType === ofType);
    const owned = delivered.reduce((sum, { owned }) => sum + owned, 0);
    // A type of data that was not delivered stays as it is; it is counted only for the list that somebody decides on.
    return { removed: removed.size, owned: delivered.length > 0 || !isJudged ? owned : await this.countOwned(ofType) };
  }

  private async countOwned(dataType: SyncDataType): Promise<number> {
    const { origins, targets } = this.deps;
    let count = 0;
    for (const name of new Set(this.divided.map(({ recordSet }) => recordSet.sourceName)))
      count += await origins.countOwned(name, dataType, decidingAmong(targets)(dataType));
    return count;
  }

  /** How many of the users of the sources were there before. */
  private async countAdopted(): Promise<number> {
    const { origins, targets } = this.deps;
    const ofUsers = this.divided.filter(({ recordSet }) => recordSet.dataType === 'user');
    let count = 0;
    for (const name of new Set(ofUsers.map(({ recordSet }) => recordSet.sourceName)))
      count += await origins.countOwned(name, 'user', decidingAmong(targets)('user'), { adopted: true });
    return count;
  }

  /** Plans everything, and writes nothing. */
  async preview(observer: RunObserver): Promise<CountedResult[]> {
    const runs = this.runs(foreseeing(this.deps.origins), observer);
    await this.takeAll(runs);
    return runs.flatMap(({ report }) => report.results());
  }

  /** Writes what was delivered, and what stored records waited for. */
  async apply(observer: RunObserver = {}): Promise<CountedResult[]> {
    const runs = this.runs(writing(this.deps), observer);
    await this.takeAll(runs);
    // Also when no department came: a run before this one may have broken between a department and its members.
    const reports = new Map([...runs].reverse().map(({ divided, report }) => [divided.recordSet.sourceName, report]));
    for (const [sourceName, report] of reports) await linkPass(sourceName, report, this.deps, this.context, observer);
    return runs.flatMap(({ report }) => report.results());
  }

  /**
   * First what is there, departments before their members, then removals, so that a run that breaks before them has
   * removed nobody, then what could only be judged after that.
   */
  private async takeAll(runs: readonly RecordSetRun[]): Promise<void> {
    for (const run of runs)
      for await (const chunk of run.delivered(isThere, this.chunkSize(run))) await run.takeDelivered(chunk, false);
    await this.takeRemoved(runs);
    for (const run of runs) await this.takeWaiting(run);
  }

  /** Users before the departments that they are in. */
  private async takeRemoved(runs: readonly RecordSetRun[]): Promise<void> {
    for (const run of [...runs].reverse()) {
      const { recordSet, missing } = run.divided;
      if (recordSet.index.deleted > 0)
        for await (const chunk of run.delivered(isDeleted, this.chunkSize(run))) await run.takeDelivered(chunk, false);
      for await (const chunk of loadMissing(missing, this.deps.origins, this.missingSize(run)))
        await run.takeMissing(chunk, false);
    }
  }

  /**
   * Records that wait for others are judged as many at a time as memory allows. Where that is not all of them, they are
   * taken again as long as some get through; what is left then has nothing more to wait for.
   */
  private async takeWaiting(run: RecordSetRun): Promise<void> {
    for (let before = Infinity; !run.fitsWaiting(this.sizes.final) && run.waitingCount < before;) {
      before = run.waitingCount;
      await this.takeAgain(run, false);
    }
    if (run.waitingCount > 0) await this.takeAgain(run, true);
  }

  private async takeAgain(run: RecordSetRun, final: boolean): Promise<void> {
    const { delivered, missing } = run.takeWaiting();
    const isWaiting = ({ uid }: SyncRecord) => delivered.has(uid);
    if (delivered.size > 0)
      for await (const chunk of run.delivered(isWaiting, this.sizes.final)) await run.takeDelivered(chunk, final);
    for await (const chunk of loadMissing(missing, this.deps.origins, this.missingSize(run)))
      await run.takeMissing(chunk, final);
  }

  private chunkSize({ divided: { recordSet } }: RecordSetRun): ChunkSize {
    const { users, usersOnSqlite, departments } = this.sizes;
    if (recordSet.dataType === 'department') return departments;
    return this.deps.db.inDialect('sqlite') ? usersOnSqlite : users;
  }

  private missingSize({ divided: { recordSet } }: RecordSetRun): number {
    return recordSet.dataType === 'user' ? this.sizes.missingUsers : this.sizes.missingDepartments;
  }

  /** Departments come before users. */
  private runs(work: ChunkWork, observer: RunObserver): RecordSetRun[] {
    const { context, deps } = this;
    return [...this.divided].sort(departmentsFirst).map((divided) => {
      const targets = deps.targets.accepting(divided.recordSet.dataType);
      return new RecordSetRun(divided, targets, context, work, observer);
    });
  }
}

const uidsOf = (outcomes: readonly LoggedOutcome[]) => new Set(outcomes.map(({ uid }) => uid));

const isThere = ({ isDeleted }: SyncRecord) => !isDeleted;
const isDeleted = (record: SyncRecord) => record.isDeleted;

const rank = { department: 0, user: 1 };
const departmentsFirst = (a: DividedRecordSet, b: DividedRecordSet) =>
  rank[a.recordSet.dataType] - rank[b.recordSet.dataType];
