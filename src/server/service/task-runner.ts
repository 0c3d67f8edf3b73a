import { SyncError } from '../errors';
import type { PrimaryKey } from '../model/primary-key';
import type { SourceRepository, SyncSourceModel } from '../sources';
import {
  runTask,
  type RunEnd,
  type RunInput,
  type RunningTasks,
  type RunSlots,
  type SyncTask,
  type TaskDeps,
  type TaskStore,
} from '../tasks';

/** What a run of this process works on, once it has its task. `signal` ends it. */
export type InputOf = (source: SyncSourceModel, task: SyncTask, signal: AbortSignal) => RunInput;

/** A run that is run to its end here, with what only this process has. */
export interface AwaitedRun {
  readonly source: SyncSourceModel;
  readonly input: InputOf;
  /** A request does not wait for its turn for ever. */
  readonly as: 'request' | 'background';
  /** Makes the task, when it is its turn: a run that does not get one leaves none. */
  readonly start: () => Promise<SyncTask>;
}

export interface TaskRunnerDeps {
  readonly running: RunningTasks;
  readonly slots: RunSlots;
  readonly tasks: TaskStore;
  readonly sources: SourceRepository;
  /** Made for each run, because targets and collections may have come since the last one. */
  readonly taskDeps: () => TaskDeps;
  /** What a task says that its run works on. */
  readonly inputOf: InputOf;
}

/** Runs tasks: any that waits, by what its row says, or one that this process has made, to its end. */
export class TaskRunner {
  /** Tasks that wait for their turn in this process. */
  private readonly inLine = new Set<string>();

  constructor(private readonly deps: TaskRunnerDeps) {}

  /** Runs a task that waits, when it is its turn here, unless another process has taken it by then. */
  inBackground(taskId: PrimaryKey, sourceName: string): void {
    const key = String(taskId);
    if (this.inLine.has(key)) return;
    this.inLine.add(key);
    const { running, slots, tasks, sources, inputOf } = this.deps;
    running.inBackground((signal) =>
      slots.inLine({ source: sourceName, as: 'background', signal }, async ({ turn }) => {
        try {
          await turn();
        } catch (error) {
          // The process stops: the task goes on waiting, for another one.
          if (error instanceof SyncError && error.code === 'INTERRUPTED') return;
          throw error;
        } finally {
          this.inLine.delete(key);
        }
        const claimed = await tasks.claim(taskId, (id) => sources.byId(id));
        if (claimed) await this.run(claimed.source, claimed.task, inputOf, signal);
      }),
    );
  }

  /** Runs what other processes have left waiting. */
  async takeForgotten(): Promise<void> {
    for (const { id, sourceName } of await this.deps.tasks.claims.forgotten()) this.inBackground(id, sourceName);
  }

  async untilEnd({ source, input, as, start }: AwaitedRun): Promise<{ task: SyncTask; end: RunEnd }> {
    const { running, slots } = this.deps;
    return running.track((signal) =>
      slots.inLine({ source: source.name, as, signal }, async ({ turn }) => {
        await turn();
        const task = await start();
        return { task, end: await this.run(source, task, input, signal) };
      }),
    );
  }

  /** `stop` ends the run because the process stops; it ends, too, when somebody else has taken its task over. */
  private async run(source: SyncSourceModel, task: SyncTask, input: InputOf, stop: AbortSignal): Promise<RunEnd> {
    const ending = new AbortController();
    const end = () => ending.abort(stop.reason);
    stop.addEventListener('abort', end);
    if (stop.aborted) end();
    try {
      return await this.runToEnd(source, task, input(source, task, ending.signal), ending);
    } finally {
      stop.removeEventListener('abort', end);
    }
  }

  private async runToEnd(
    source: SyncSourceModel,
    task: SyncTask,
    input: RunInput,
    ending: AbortController,
  ): Promise<RunEnd> {
    const end = await runTask(task, input, this.deps.taskDeps(), ending);
    const isClean = 'results' in end && end.results.every(({ result }) => result.detail.count.failed === 0);
    // None of its imported records are left.
    if (task.deletesSource && !task.dryRun && isClean) await this.deps.sources.destroy(source);
    return end;
  }
}
