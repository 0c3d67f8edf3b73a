import { setMaxListeners } from 'node:events';
import { unfenced } from '../database/transaction';
import { reasonOf } from '../errors';

/** The part of a logger that is needed to say that a run broke. */
export interface ErrorLogger {
  error(message: string, meta?: Record<string, unknown>): void;
}

/** Runs that go on in this process, so that they can be ended before the database is closed. */
export class RunningTasks {
  private readonly stopping = new AbortController();
  private readonly runs = new Set<Promise<unknown>>();

  constructor(private readonly logger: () => ErrorLogger) {
    // Any number of runs wait for this one signal; Node would take more than ten for a leak.
    setMaxListeners(0, this.stopping.signal);
  }

  /** Runs `work` and gives back its result; `stop` waits for it. */
  async track<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const run = unfenced(() => work(this.stopping.signal));
    this.runs.add(run);
    try {
      return await run;
    } finally {
      this.runs.delete(run);
    }
  }

  /** Runs `work` in the background. What breaks it is on the task already; here it is logged. */
  inBackground(work: (signal: AbortSignal) => Promise<unknown>): void {
    this.track(work).catch((error: unknown) => this.complain(error));
  }

  /** Logs what broke something that nobody waits for. */
  complain(error: unknown): void {
    this.logger().error(`user data synchronization: ${reasonOf(error)}`);
  }

  /** Resolves when nothing runs any more; runs that begin meanwhile are waited for too. */
  async whenIdle(): Promise<void> {
    while (this.runs.size > 0) await Promise.allSettled(this.runs);
  }

  /** Asks every run to stop and waits until they have, so that their tasks are marked. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.whenIdle();
  }
}
