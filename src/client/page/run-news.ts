import type { Id, Task } from './model';
import { isRunning } from './task-state';

/** A run that is on the screen, and what its source or the run itself is called. */
export interface SeenRun {
  readonly title: string;
  readonly task: Task;
}

type Listener = (runs: readonly SeenRun[]) => void;

/**
 * Knows which runs are on the screen and how they stood, and tells when one moved on. Several parts of the page may show
 * the same run; each of its steps is told once.
 */
export class RunNews {
  private readonly known = new Map<Id, string>();
  private readonly listeners = new Set<Listener>();

  /** Calls back with runs that moved on; gives back how to stop it. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Takes in what is on the screen now. A run that was not there before is only news where runs are `started`. */
  see(runs: readonly SeenRun[], started: boolean): void {
    const news = runs.filter(({ task }) => {
      const before = this.known.get(task.id);
      this.known.set(task.id, stepOf(task));
      return before === undefined ? started : before !== stepOf(task);
    });
    if (news.length > 0) for (const listener of this.listeners) listener(news);
  }
}

/** A run that goes on is told of four times at most: hearing every record would drown everything else. */
function stepOf(task: Task): string {
  const quarter = isRunning(task) && task.total ? Math.floor(((task.done ?? 0) / task.total) * 4) : '';
  return `${task.status} ${quarter}`;
}
