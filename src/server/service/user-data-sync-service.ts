import type { Context } from '@nocobase/actions';
import type { Database } from '@nocobase/database';
import type { Logger } from '@nocobase/logger';
import type { Transaction } from 'sequelize';
import { SyncError } from '../errors';
import type { PrimaryKey } from '../pipeline/contracts';
import type { SyncResult, TargetCounts } from '../pipeline/report';
import {
  rulesOf,
  type Pusher,
  type SourceRepository,
  type SyncSource,
  type SyncSourceManager,
  type SyncSourceModel,
  type TestedSource,
} from '../sources';
import type {
  DoneRun,
  HeldDeliveryStore,
  RunInput,
  RunResult,
  RunningTasks,
  RunSlots,
  SyncTask,
  TaskDeps,
  TaskStore,
} from '../tasks';
import type { UserDataResourceManager } from '../user-data-resource-manager';
import { failedBatches } from './failed-records';
import { HeldRuns } from './held-runs';
import { pullDeliveries } from './pull-deliveries';
import { purgedBatches } from './purged-batches';
import { parsePushRequest, type PushRequest } from './push-request';
import { RunLauncher } from './run-launcher';
import { tellSource } from './source-end';

/** What a push did, and the task that tells about it. */
export interface PushAnswer extends Pick<DoneRun, 'status' | 'wouldBeHeld'> {
  readonly taskId: PrimaryKey;
  readonly result: SyncResult[];
  /** What became of memberships, as the task counts them; in `result` they stand under the name of their target. */
  readonly memberships?: TargetCounts;
}

/** A run that was started and goes on in the background. */
export interface StartedRun {
  readonly taskId: PrimaryKey;
}

export interface ServiceDeps {
  readonly db: Database;
  readonly sources: SourceRepository;
  readonly sourceManager: SyncSourceManager;
  readonly resourceManager: UserDataResourceManager;
  readonly logger: Logger;
  readonly tasks: TaskStore;
  readonly held: HeldDeliveryStore;
  readonly running: RunningTasks;
  readonly slots: RunSlots;
  /** Made for each run, because targets and collections may have come since the last one. */
  readonly taskDeps: () => TaskDeps;
}

/** Starts runs: by a push, by Sync, by Retry, by a decision of an administrator. */
export class UserDataSyncService {
  readonly resourceManager: UserDataResourceManager;
  readonly sourceManager: SyncSourceManager;
  readonly logger: Logger;
  /** Runs that wait for somebody. */
  readonly heldRuns: HeldRuns;
  private readonly launcher: RunLauncher;

  constructor(private readonly deps: ServiceDeps) {
    const { db, sources, tasks, held, running, slots, taskDeps } = deps;
    this.resourceManager = deps.resourceManager;
    this.sourceManager = deps.sourceManager;
    this.logger = deps.logger;
    this.launcher = new RunLauncher(running, slots, taskDeps, (source) => sources.destroy(source));
    this.heldRuns = new HeldRuns(db, sources, tasks, held, this.launcher);
  }

  /** Starts a run of a source in the background and gives back its task. */
  async pull(sourceName: string, ctx: Context, { dryRun = false } = {}): Promise<StartedRun> {
    const source = await this.deps.sources.enabledByName(sourceName);
    this.requirePullable(source);
    const startedBy = currentUserId(ctx);
    return this.runSource(source, await this.deps.tasks.start(source, { trigger: 'manual', startedBy, dryRun }), ctx);
  }

  /** Runs a task that did not succeed again, as another attempt: asks its source anew, or goes on removing everything. */
  async retry(sourceId: PrimaryKey, taskId: PrimaryKey, ctx: Context): Promise<StartedRun> {
    const { sources, tasks } = this.deps;
    const mode = await tasks.modeOf(taskId, sourceId);
    const source = await sources.toRun(sourceId, mode);
    if (mode !== 'purge') this.requirePullable(source);
    const task = await tasks.restart(source, taskId, currentUserId(ctx));
    return mode === 'purge' ? this.runPurge(source, task) : this.runSource(source, task, ctx);
  }

  /** Runs the failed records of a task again, as they are stored, without asking the source. */
  async retryFailed(sourceId: PrimaryKey, taskId: PrimaryKey, ctx: Context): Promise<StartedRun> {
    const { db, sources, tasks, taskDeps } = this.deps;
    const source = await sources.toRun(sourceId, await tasks.modeOf(taskId, sourceId));
    const row = await tasks.require(taskId, sourceId);
    const batches = await failedBatches(db, taskDeps().origins, {
      taskId,
      attempt: (row.get('attempt') as number | null) ?? 1,
      sourceName: source.name,
      matchKey: (row.get('matchKey') as string | null) ?? undefined,
      newer: await tasks.newerDeliveries(row),
    });
    const status = String(row.get('status'));
    if (status !== 'partially_failed' || row.get('dryRun'))
      throw new SyncError('TASK_NOT_RETRYABLE', { task: String(taskId), status });
    if (batches.length === 0) throw new SyncError('NOTHING_TO_RETRY', { task: String(taskId) });
    const receivedAt = (row.get('receivedAt') as Date | null) ?? undefined;
    const task = await tasks.restart(source, taskId, currentUserId(ctx), ['partially_failed']);
    this.launcher.inBackground(source, task, () => ({ from: { batches }, rules: rulesOf(source.rules), receivedAt }));
    return { taskId: task.id };
  }

  /** Removes everything that a source brought in, and the source, too, if that is asked for and nothing is left. */
  async purge(
    sourceId: PrimaryKey,
    { dryRun = false, deletesSource = false },
    startedBy?: PrimaryKey,
  ): Promise<StartedRun> {
    const { sources, tasks } = this.deps;
    const source = await sources.byId(sourceId);
    if (deletesSource) sources.requireDeletable(source);
    const task = await tasks.start(source, { trigger: 'manual', startedBy, mode: 'purge', dryRun, deletesSource });
    return this.runPurge(source, task);
  }

  /**
   * For other plugins: runs a source with a task that it has made (`newTask`), or that it has taken back to processing
   * (`retryTask`), to its end. What breaks the run stands in the task and in the log.
   */
  async runSync(source: SyncSource, task: { readonly id: PrimaryKey }, _ctx?: Context): Promise<void> {
    const { instance } = source;
    try {
      await this.launcher.untilEnd({
        source: instance,
        input: (signal, adopted) => this.inputOf(instance, () => source, adopted, signal),
        as: 'background',
        start: () => this.deps.tasks.adopt(instance, task.id),
      });
    } catch (error) {
      this.deps.running.complain(error);
    }
  }

  /** For other plugins: pushes records for any source, and gives back what each target did. */
  async push(data: unknown): Promise<SyncResult[]> {
    return (await this.deliver(parsePushRequest(data), 'in-process')).result;
  }

  /**
   * Runs a push to its end. Fails with `REMOVAL_LIMIT` when the safeguard holds it, and with `SOURCE_BUSY` when another
   * run of the source goes on, or when so many runs go on that a request has waited too long for its turn.
   */
  async deliver({ dryRun, ...request }: PushRequest, pusher: Pusher, startedBy?: PrimaryKey): Promise<PushAnswer> {
    const { slots, sources, tasks } = this.deps;
    const source = await sources.forPush(request.sourceName, pusher);
    // Waiting would not help while the source itself is busy.
    if (slots.isFull) await tasks.claims.requireIdle(source);
    const { task, end } = await this.launcher.untilEnd({
      source,
      input: () => ({ from: [request], rules: rulesOf(source.rules) }),
      as: pusher === 'in-process' ? 'background' : 'request',
      start: () => tasks.start(source, { trigger: 'push', startedBy, dryRun, mode: request.mode }),
    });
    if ('held' in end) throw end.held;
    const { results, status, wouldBeHeld } = end;
    const memberships = results.find(({ countsAs }) => countsAs === 'memberships')?.result.detail.count;
    return { taskId: task.id, status, wouldBeHeld, memberships, result: results.map(({ result }) => result) };
  }

  /** Tries a source without a run and gives back what it found, in a sentence. */
  async testConnection(config: TestedSource, ctx: Context): Promise<string> {
    const { sources, sourceManager } = this.deps;
    const source = sourceManager.create(await sources.toTest(config, sourceManager), ctx);
    if (!source.testConnection) throw new SyncError('SOURCE_NOT_TESTABLE', { type: source.instance.sourceType });
    try {
      return await source.testConnection();
    } catch (error) {
      throw sourceManager.failureOf(source.instance, error);
    }
  }

  /** Fails with `SOURCE_BUSY` while a run of the source goes on. */
  async requireIdle(source: SyncSourceModel): Promise<void> {
    await this.deps.tasks.claims.requireIdle(source);
  }

  /**
   * Lets go of everything that a source brought in: users and departments stay as they are, and belong to nobody but
   * those who claim them besides. Runs of it that wait for somebody wait for nothing any more.
   */
  async letGo({ id, name }: SyncSourceModel, transaction: Transaction): Promise<void> {
    const { tasks, taskDeps } = this.deps;
    const { origins, pending } = taskDeps();
    await pending.forget(name, transaction);
    await origins.forget(name, transaction);
    await tasks.cancelBlocked(id, transaction);
  }

  /** Resolves when no run of this process goes on. */
  whenIdle(): Promise<void> {
    return this.deps.running.whenIdle();
  }

  private runSource(row: SyncSourceModel, task: SyncTask, ctx: Context): StartedRun {
    const { sourceManager } = this.deps;
    this.launcher.inBackground(row, task, (signal) =>
      this.inputOf(row, () => sourceManager.create(row, ctx), task, signal),
    );
    return { taskId: task.id };
  }

  /** What a source gives when it is pulled; the source is made when the run begins, so that a failure is the run's. */
  private inputOf(row: SyncSourceModel, make: () => SyncSource, task: SyncTask, signal: AbortSignal): RunInput {
    const { running, sourceManager, tasks } = this.deps;
    let source: SyncSource | undefined;
    const deliveries = async function* () {
      try {
        source = make();
        yield* pullDeliveries(source, signal);
      } catch (error) {
        throw sourceManager.failureOf(row, error);
      }
    };
    const onEnd = async (result: RunResult) => {
      if (source && !task.dryRun) await tellSource(source, task, result, { tasks, running });
    };
    return { from: deliveries(), rules: rulesOf(row.rules), onEnd };
  }

  private runPurge(source: SyncSourceModel, task: SyncTask): StartedRun {
    const from = { batches: purgedBatches(source.name) };
    this.launcher.inBackground(source, task, () => ({ from, rules: rulesOf(source.rules) }));
    return { taskId: task.id };
  }

  private requirePullable(source: SyncSourceModel): void {
    if (this.deps.sourceManager.get(source.sourceType).isPullable === false) {
      throw new SyncError('SOURCE_NOT_PULLABLE', { source: source.name });
    }
  }
}

/** The user behind a request, where there is one. */
function currentUserId(ctx: Context): PrimaryKey | undefined {
  const state = ctx.state as { currentUser?: { id?: PrimaryKey } } | undefined;
  return state?.currentUser?.id;
}
