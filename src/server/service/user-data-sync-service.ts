import type { Context } from '@nocobase/actions';
import { SyncError } from '../errors';
import type { PrimaryKey } from '../pipeline/contracts';
import type { SyncResult } from '../pipeline/report';
import type { PushScope, SourceRepository, SyncSourceManager, SyncSourceModel, TestedSource } from '../sources';
import { runTask, type RunningTasks, type SyncTask, type TaskDeps, type TaskStore } from '../tasks';
import { pullDeliveries } from './pull-deliveries';
import { parsePushRequest, type PushRequest } from './push-request';

/** What a push did, and the task that tells about it. */
export interface PushAnswer {
  readonly taskId: PrimaryKey;
  readonly result: SyncResult[];
}

export interface ServiceDeps {
  readonly sources: SourceRepository;
  readonly sourceManager: SyncSourceManager;
  readonly tasks: TaskStore;
  readonly running: RunningTasks;
  /** Made for each run, because targets and collections may have come since the last one. */
  readonly taskDeps: () => TaskDeps;
}

/** Starts runs: by a push, by Sync, by Retry. */
export class UserDataSyncService {
  constructor(private readonly deps: ServiceDeps) {}

  /** Starts a run of a source in the background and gives back its task. */
  async pull(sourceName: string, ctx: Context): Promise<{ taskId: PrimaryKey }> {
    const source = await this.deps.sources.enabledByName(sourceName);
    this.requirePullable(source);
    return this.runSource(source, await this.deps.tasks.start(source, 'manual', currentUserId(ctx)), ctx);
  }

  /** Runs the source of a task that did not succeed again, as another attempt of the same task. */
  async retry(sourceId: PrimaryKey, taskId: PrimaryKey, ctx: Context): Promise<{ taskId: PrimaryKey }> {
    const source = await this.deps.sources.enabledById(sourceId);
    this.requirePullable(source);
    return this.runSource(source, await this.deps.tasks.restart(source, taskId, currentUserId(ctx)), ctx);
  }

  /** For other plugins: pushes records for any source, and gives back what each target did. */
  async push(data: unknown): Promise<SyncResult[]> {
    return (await this.deliver(parsePushRequest(data), 'in-process')).result;
  }

  /** Runs a push to its end. */
  async deliver(request: PushRequest, scope: PushScope, startedBy?: PrimaryKey): Promise<PushAnswer> {
    const { sources, tasks, running, taskDeps } = this.deps;
    const source = await sources.forPush(request.sourceName, scope);
    const task = await tasks.start(source, 'push', startedBy);
    const delivery = { ...request, mode: 'delta' } as const;
    const result = await running.track((signal) => runTask(task, [delivery], taskDeps(), signal));
    return { taskId: task.id, result };
  }

  /** Tries a source without a run and gives back what it found, in a sentence. */
  async testConnection(config: TestedSource, ctx: Context): Promise<string> {
    const { sources, sourceManager } = this.deps;
    const source = await sourceManager.create(await sources.toTest(config, sourceManager), ctx);
    if (!source.testConnection) throw new SyncError('SOURCE_NOT_TESTABLE', { type: source.instance.sourceType });
    try {
      return await source.testConnection();
    } catch (error) {
      throw sourceManager.failureOf(source.instance, error);
    }
  }

  /** Resolves when no run of this process goes on. */
  whenIdle(): Promise<void> {
    return this.deps.running.whenIdle();
  }

  private async runSource(source: SyncSourceModel, task: SyncTask, ctx: Context): Promise<{ taskId: PrimaryKey }> {
    const { sourceManager, running, taskDeps } = this.deps;
    running.inBackground((signal) => {
      const deliveries = async function* () {
        try {
          yield* pullDeliveries(await sourceManager.create(source, ctx), signal);
        } catch (error) {
          throw sourceManager.failureOf(source, error);
        }
      };
      return runTask(task, deliveries(), taskDeps(), signal);
    });
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
