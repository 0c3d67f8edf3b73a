import type { SyncSourceModel } from '../sources';
import {
  runTask,
  type RunEnd,
  type RunInput,
  type RunningTasks,
  type RunSlots,
  type SyncTask,
  type TaskDeps,
} from '../tasks';

/** A push that is run to its end. */
export interface AwaitedRun {
  readonly source: SyncSourceModel;
  readonly input: (signal: AbortSignal, task: SyncTask) => RunInput;
  /** A request does not wait for its turn for ever. */
  readonly as: 'request' | 'background';
  /** Makes the task, when it is its turn: a run that does not get one leaves none. */
  readonly start: () => Promise<SyncTask>;
}

/** Runs tasks that are processing, in the background or to their end. */
export class RunLauncher {
  constructor(
    private readonly running: RunningTasks,
    private readonly slots: RunSlots,
    /** Made for each run, because targets and collections may have come since the last one. */
    private readonly taskDeps: () => TaskDeps,
    /** Takes a source away that has nothing left. */
    private readonly removeSource: (source: SyncSourceModel) => Promise<void>,
  ) {}

  inBackground(source: SyncSourceModel, task: SyncTask, input: (signal: AbortSignal) => RunInput): void {
    this.running.inBackground((signal) =>
      this.slots.inLine({ source: source.name, as: 'background', signal }, ({ turn }) =>
        this.run(source, task, (ending) => ({ ...input(ending), turn }), signal),
      ),
    );
  }

  async untilEnd({ source, input, as, start }: AwaitedRun): Promise<{ task: SyncTask; end: RunEnd }> {
    return this.running.track((signal) =>
      this.slots.inLine({ source: source.name, as, signal }, async ({ turn }) => {
        await turn();
        const task = await start();
        return { task, end: await this.run(source, task, (ending) => input(ending, task), signal) };
      }),
    );
  }

  private async run(
    source: SyncSourceModel,
    task: SyncTask,
    input: (signal: AbortSignal) => RunInput,
    stop: AbortSignal,
  ): Promise<RunEnd> {
    const ending = new AbortController();
    const end = () => ending.abort(stop.reason);
    stop.addEventListener('abort', end);
    if (stop.aborted) end();
    try {
      return await this.runToEnd(source, task, input(ending.signal), ending);
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
    const end = await runTask(task, input, this.taskDeps(), ending);
    const isClean = 'results' in end && end.results.every(({ result }) => result.detail.count.failed === 0);
    if (task.deletesSource && !task.dryRun && isClean) await this.removeSource(source);
    return end;
  }
}
