import type { SyncSourceModel } from '../sources';
import { runTask, type RunEnd, type RunInput, type RunningTasks, type SyncTask, type TaskDeps } from '../tasks';

/** Runs tasks that are processing, in the background or to their end. */
export class RunLauncher {
  constructor(
    private readonly running: RunningTasks,
    /** Made for each run, because targets and collections may have come since the last one. */
    private readonly taskDeps: () => TaskDeps,
    /** Takes a source away that has nothing left. */
    private readonly removeSource: (source: SyncSourceModel) => Promise<void>,
  ) {}

  inBackground(source: SyncSourceModel, task: SyncTask, input: (signal: AbortSignal) => RunInput): void {
    this.running.inBackground((signal) => this.run(source, task, input(signal), signal));
  }

  async untilEnd(source: SyncSourceModel, task: SyncTask, input: RunInput): Promise<RunEnd> {
    return this.running.track((signal) => this.run(source, task, input, signal));
  }

  private async run(source: SyncSourceModel, task: SyncTask, input: RunInput, signal: AbortSignal): Promise<RunEnd> {
    const end = await runTask(task, input, this.taskDeps(), signal);
    const isClean = 'results' in end && end.results.every(({ result }) => result.detail.count.failed === 0);
    if (task.deletesSource && !task.dryRun && isClean) await this.removeSource(source);
    return end;
  }
}
