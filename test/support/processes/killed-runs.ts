import { setTimeout as delay } from 'node:timers/promises';
import type { Dialect } from '../databases';
import { companyIn, peopleBefore, type CompanyState } from './company';
import { endStateOf } from './end-state';
import { Installation, type Task } from './installation';
import { ServerProcess } from './server-process';

/** A run that was killed, as the run of the same delivery after it has completed it. */
export interface CompletedRun {
  readonly state: CompanyState;
  /** What both have said that they changed, and how much of it the first one. */
  readonly history: readonly string[];
  readonly done: number;
  /** How the tasks of all of them ended. */
  readonly ends: readonly string[];
  /** What the database says at the end. */
  readonly lines: readonly string[];
}

interface Outcome {
  readonly taskId: number;
  readonly attempt: number;
  readonly target: string;
  readonly uid: string;
  readonly action: string;
  readonly changes: unknown;
}

/**
 * A server whose source delivers spring and autumn in turn. It is killed while it applies one of them; a new process goes
 * on from there. One more process waits loaded, as loading takes longest.
 */
export class KilledRuns {
  /** What the source delivers when nothing of it has been applied yet. */
  private next: CompanyState = 'spring';
  private spare?: Promise<ServerProcess>;

  private constructor(
    private readonly installation: Installation,
    private server: ServerProcess,
  ) {}

  static async on(dialect: Dialect): Promise<KilledRuns> {
    const { installation, server } = await Installation.make(dialect, peopleBefore);
    return new KilledRuns(installation, server);
  }

  /** Runs the next delivery without disturbing it, and says how many ms that took. */
  async undisturbed(): Promise<CompletedRun & { readonly duration: number }> {
    const before = await this.lastTask();
    this.deliverNext();
    const begin = performance.now();
    await this.installation.run(this.server);
    const duration = performance.now() - begin;
    return { ...(await this.completed(before)), duration };
  }

  /**
   * Starts a run of the next delivery, kills the server after so many ms, and has another one run the same delivery: as
   * another attempt of the task, if it is there, or as a new one.
   */
  async killedAfter(moment: number, again: 'retry' | 'pull'): Promise<CompletedRun> {
    const before = await this.lastTask();
    const killed = this.server;
    this.server = await this.loaded();
    this.deliverNext();
    const pull = this.installation.pull(killed).catch(() => undefined);
    await delay(moment);
    await killed.kill();
    await pull;
    await this.installation.outdateRuns();
    await this.installation.start(this.server);
    this.spare = ServerProcess.load();
    // A task that waited to be run is run by whoever finds it.
    await this.server.whenIdle();
    const task = (await this.tasks()).find(({ id }) => id > before);
    await this.installation.run(this.server, again === 'retry' && task?.status === 'failed' ? task : undefined);
    return this.completed(before);
  }

  /** The next process, while there is nothing else to do. */
  private async loaded(): Promise<ServerProcess> {
    const server = await (this.spare ?? ServerProcess.load());
    this.spare = undefined;
    return server;
  }

  async end(): Promise<void> {
    await this.spare;
    await ServerProcess.killAll();
    await this.installation.drop();
  }

  private deliverNext(): void {
    this.installation.deliver(companyIn(this.next));
  }

  private async completed(before: number): Promise<CompletedRun> {
    this.spare ??= ServerProcess.load();
    const state = this.next;
    this.next = state === 'spring' ? 'autumn' : 'spring';
    const tasks = (await this.tasks()).filter(({ id }) => id > before);
    const where = { taskId: tasks.map(({ id }) => id) };
    const outcomes = await this.server.rows<Outcome>('userDataSyncOutcomes', { where });
    const history = outcomes.map(({ target, uid, action, changes }) =>
      [target, uid, action, JSON.stringify(changes)].join(' '),
    );
    const done = outcomes.filter(({ taskId, attempt }) => taskId === tasks[0].id && attempt === 1).length;
    const ends = tasks.map(({ status, code }) => (code === null ? status : `${status} ${code}`));
    const lines = await endStateOf(this.server);
    await this.spare;
    return { state, history, done, ends, lines };
  }

  private async lastTask(): Promise<number> {
    return (await this.tasks()).at(-1)?.id ?? 0;
  }

  private tasks(): Promise<Task[]> {
    return this.server.rows<Task>('userDataSyncTasks', { order: ['id'] });
  }
}
