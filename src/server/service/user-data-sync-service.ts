import type { Context } from '@nocobase/actions';
import type { Database } from '@nocobase/database';
import type { Logger } from '@nocobase/logger';
import type { Transaction } from 'sequelize';
import type { TargetCounts } from '../../common/outcomes';
import type { DeliverySpool } from '../deliveries';
import { SyncError } from '../errors';
import type { PrimaryKey } from '../model/primary-key';
import type { RunRequest } from '../model/run-request';
import type { SyncResult } from '../pipeline/report';
import {
  readStoredRules,
  type Pusher,
  type SourceRepository,
  type SyncSource,
  type SyncSourceManager,
  type SyncSourceModel,
  type TestedSource,
} from '../sources';
import type { DoneRun, RunningTasks, RunSlots, TaskDeps, TaskStore } from '../tasks';
import { requireFailed } from './failed-records';
import { HeldRuns } from './held-runs';
import { parsePushRequest, type PushRequest } from './push-request';
import { requestOf } from './request-context';
import { RunInputs } from './run-inputs';
import { TaskRunner } from './task-runner';
import type { UserDataResourceManager } from './user-data-resource-manager';

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
  readonly logger: () => Logger;
  readonly tasks: TaskStore;
  readonly spool: DeliverySpool;
  readonly running: RunningTasks;
  readonly slots: RunSlots;
  /** Made for each run, because targets and collections may have come since the last one. */
  readonly taskDeps: () => TaskDeps;
  /** What a source sees of the request that asked for its run. */
  readonly contextOf: (request: RunRequest) => Promise<Context>;
}

/** Starts runs: by a push, by Sync, by Retry, by a decision of an administrator. */
export class UserDataSyncService {
  readonly resourceManager: UserDataResourceManager;
  readonly sourceManager: SyncSourceManager;
  /** Runs that wait for a decision. */
  readonly heldRuns: HeldRuns;
  /** Runs what waits to be run. */
  readonly runner: TaskRunner;
  private readonly inputs: RunInputs;

  constructor(private readonly deps: ServiceDeps) {
    const { sources, tasks, spool, taskDeps } = deps;
    this.resourceManager = deps.resourceManager;
    this.sourceManager = deps.sourceManager;
    const inputs = new RunInputs({ ...deps, origins: () => taskDeps().origins });
    this.inputs = inputs;
    this.runner = new TaskRunner({ ...deps, inputOf: (source, task, signal) => inputs.of(source, task, signal) });
    this.heldRuns = new HeldRuns(sources, tasks, spool, this.runner);
  }

  /** For other plugins, and made when one of them asks for it. */
  get logger(): Logger {
    return this.deps.logger();
  }

  /** Starts a run of a source in the background and gives back its task. */
  async pull(sourceName: string, ctx: Context, { dryRun = false } = {}): Promise<StartedRun> {
    const source = await this.deps.sources.enabledByName(sourceName);
    this.requirePullable(source);
    const request = requestOf(ctx);
    return this.begin(
      source,
      await this.deps.tasks.queue(source, { kind: 'pull', trigger: 'manual', request, dryRun }),
    );
  }

  /** Runs a task that did not succeed again, as another attempt: asks its source anew, or goes on removing everything. */
  async retry(sourceId: PrimaryKey, taskId: PrimaryKey, ctx: Context): Promise<StartedRun> {
    const { sources, tasks } = this.deps;
    const mode = await tasks.modeOf(taskId, sourceId);
    const source = await sources.toRun(sourceId, mode);
    if (mode !== 'purge') this.requirePullable(source);
    const kind = mode === 'purge' ? 'purge' : 'pull';
    return this.begin(source, await tasks.restart(source, taskId, { kind, request: requestOf(ctx) }));
  }

  /** Runs the failed records of a task again, as they are stored, without asking the source. */
  async retryFailed(sourceId: PrimaryKey, taskId: PrimaryKey, ctx: Context): Promise<StartedRun> {
    const { db, sources, tasks, taskDeps } = this.deps;
    const source = await sources.toRun(sourceId, await tasks.modeOf(taskId, sourceId));
    const row = await tasks.require(taskId, sourceId);
    const status = String(row.get('status'));
    if (status !== 'partially_failed' || row.get('dryRun'))
      throw new SyncError('TASK_NOT_RETRYABLE', { task: String(taskId), status });
    // Checked here, so that the answer says at once that there is nothing to run. The run checks again.
    await requireFailed(db, taskDeps().origins, {
      taskId,
      attempt: (row.get('attempt') as number | null) ?? 1,
      sourceName: source.name,
      newer: await tasks.newerDeliveries(row),
    });
    const again = { kind: 'failedRecords', request: requestOf(ctx), from: ['partially_failed'] } as const;
    return this.begin(source, await tasks.restart(source, taskId, again));
  }

  /** Removes everything that a source imported, and also the source, if requested and nothing is left. */
  async purge(
    sourceId: PrimaryKey,
    { dryRun = false, deletesSource = false },
    userId?: PrimaryKey,
  ): Promise<StartedRun> {
    const { sources, tasks } = this.deps;
    const source = await sources.byId(sourceId);
    if (deletesSource) sources.requireDeletable(source);
    const start = {
      kind: 'purge',
      trigger: 'manual',
      request: { userId },
      mode: 'purge',
      dryRun,
      deletesSource,
    } as const;
    return this.begin(source, await tasks.queue(source, start));
  }

  /**
   * For other plugins: runs a source with a task that it has made (`newTask`), or that it has taken back to processing
   * (`retryTask`), to its end. What breaks the run is in the task and in the log.
   */
  async runSync(source: SyncSource, task: { readonly id: PrimaryKey }, _ctx?: Context): Promise<void> {
    const { instance } = source;
    try {
      await this.runner.untilEnd({
        source: instance,
        input: (row, adopted, signal) => this.inputs.pulled(row, adopted, signal, async () => source),
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
  async deliver({ dryRun, ...pushed }: PushRequest, pusher: Pusher, userId?: PrimaryKey): Promise<PushAnswer> {
    const { slots, sources, tasks } = this.deps;
    const source = await sources.forPush(pushed.sourceName, pusher);
    // Waiting would not help while the source itself is busy.
    if (slots.isFull) await tasks.claims.requireIdle(source);
    const { mode } = pushed;
    const { task, end } = await this.runner.untilEnd({
      source,
      input: () => ({ from: { delivered: [pushed] }, rules: readStoredRules(source.rules) }),
      as: pusher === 'in-process' ? 'background' : 'request',
      start: () => tasks.start(source, { kind: 'delivery', trigger: 'push', request: { userId }, dryRun, mode }),
    });
    if ('held' in end) throw end.held;
    const { results, status, wouldBeHeld } = end;
    const memberships = results.find(({ target }) => target === 'memberships')?.result.detail.count;
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
   * Unlinks everything that a source imported: users and departments stay as they are, and belong only to the other
   * sources that claim them, if any. Runs of the source that wait for a decision are canceled.
   */
  async unlinkAll({ id, name }: SyncSourceModel, transaction: Transaction): Promise<void> {
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

  private begin(source: SyncSourceModel, taskId: PrimaryKey): StartedRun {
    this.runner.inBackground(taskId, source.name);
    return { taskId };
  }

  private requirePullable(source: SyncSourceModel): void {
    if (this.deps.sourceManager.get(source.sourceType).isPullable === false) {
      throw new SyncError('SOURCE_NOT_PULLABLE', { source: source.name });
    }
  }
}
