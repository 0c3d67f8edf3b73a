import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * What is looked at, in words. Connections are not among it: some are kept for the next request, such as those of fetch,
 * and do no harm.
 */
const WORDS: Readonly<Record<string, string>> = {
  Timeout: 'a timer',
  FSEVENTWRAP: 'a watched file',
  STATWATCHER: 'a watched file',
  PROCESSWRAP: 'a child process',
  WORKER: 'a thread',
  UDPWRAP: 'a socket',
};

interface Opened {
  readonly kind: string;
  /** Says whether it keeps the process alive. */
  readonly resource: { hasRef?(): boolean };
}

/** What a piece of work opens and leaves open; what others open meanwhile, such as the test runner, does not count. */
export class OpenResources {
  private readonly opened = new Map<number, Opened>();
  private readonly work = new AsyncLocalStorage<OpenResources>();
  private readonly hook = createHook({
    init: (id, kind, _, resource) => {
      if (Object.hasOwn(WORDS, kind) && this.work.getStore() === this) this.opened.set(id, { kind, resource });
    },
    destroy: (id) => this.opened.delete(id),
  });

  during<T>(work: () => Promise<T>): Promise<T> {
    this.hook.enable();
    return this.work.run(this, work);
  }

  /** What is still open, in words. Waits a little, because some of it closes on its own. */
  async left(patience: number): Promise<string[]> {
    const end = performance.now() + patience;
    while (this.open.length > 0 && performance.now() < end) await delay(Math.min(20, patience));
    this.hook.disable();
    return [...new Set(this.open.map(({ kind }) => WORDS[kind]))];
  }

  private get open(): Opened[] {
    return [...this.opened.values()].filter(({ resource }) => resource.hasRef?.() !== false);
  }
}
