import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '@nocobase/database';

/** So long the next one waits for transactions of the host that are open, in ms: one of them may itself be waiting for us. */
const PATIENCE_WITH_HOST = 2000;
/** So long the host waits for its turn, in ms; then it goes on as if nobody else was writing. */
const PATIENCE_OF_HOST = 10_000;

/** A transaction of the host that is open. */
interface Open {
  readonly ended: Promise<void>;
  readonly end: () => void;
}

/** Work of this plugin that has its turn; it may outlive that, when it has started something and not waited for it. */
interface Turn {
  isOver: boolean;
}
const turn = new AsyncLocalStorage<Turn>();

/**
 * Who may write to an SQLite database, which lets one write at a time. It does not only let the others wait: NocoBase
 * reads first and writes later in one transaction, and SQLite refuses that write at once when somebody else has begun to
 * write in between; no timeout helps. So everybody in this process stands in one line while this plugin writes:
 *
 * - A transaction of this plugin has its turn when those of the host that are open have ended, and while it lasts no
 *   other begins. What it does itself is part of it, and it waits for nobody.
 * - A transaction of the host begins at once while nobody is in line, as it does without this plugin. Otherwise it goes
 *   to the end of the line. So those that have waited for a chunk have their turn before the next chunk, one after the
 *   other: would they all begin at once, they would refuse each other.
 *
 * Nobody waits for the host for ever: it may have forgotten a transaction, or wait inside of it for what waits for it.
 */
export class WriteTurns {
  private last: Promise<unknown> = Promise.resolve();
  private inLine = 0;
  private readonly open = new Set<Open>();

  private static readonly all = new WeakMap<object, WriteTurns>();

  /** Those of a database: each sub-application and each reload has one of its own. */
  static of({ sequelize }: Pick<Database, 'sequelize'>): WriteTurns {
    const turns = WriteTurns.all.get(sequelize) ?? new WriteTurns();
    WriteTurns.all.set(sequelize, turns);
    return turns;
  }

  /** Runs a transaction of this plugin, or one write, alone; at once when the caller has the turn already. */
  async own<T>(write: () => Promise<T>): Promise<T> {
    return isInside() ? write() : this.take(() => during(write));
  }

  /** Resolves when a transaction of the host may begin; what it gives back has to be called at its end. */
  async host(): Promise<() => void> {
    if (isInside()) return () => undefined;
    const opened = this.opening();
    if (this.inLine > 0) {
      let isWaiting = true;
      // Whoever is next in line has to see it, so it is open before this turn is over.
      const admission = this.take(async () => void (isWaiting && this.open.add(opened)));
      await within(PATIENCE_OF_HOST, admission);
      isWaiting = false;
    }
    this.open.add(opened);
    return opened.end;
  }

  private opening(): Open {
    let resolve = () => {};
    const ended = new Promise<void>((onEnd) => (resolve = onEnd));
    const opened = {
      ended,
      end: () => {
        this.open.delete(opened);
        resolve();
      },
    };
    return opened;
  }

  private take<T>(write: () => Promise<T>): Promise<T> {
    this.inLine += 1;
    const result = this.last
      .then(() => this.hostIsQuiet())
      .then(write)
      .finally(() => (this.inLine -= 1));
    this.last = result.catch(() => undefined);
    return result;
  }

  /** Whom patience has run out with, is not waited for again. */
  private async hostIsQuiet(): Promise<void> {
    const open = [...this.open];
    if (open.length === 0) return;
    await within(PATIENCE_WITH_HOST, Promise.all(open.map(({ ended }) => ended)));
    for (const one of open) this.open.delete(one);
  }
}

const isInside = () => turn.getStore()?.isOver === false;

async function during<T>(write: () => Promise<T>): Promise<T> {
  const mine: Turn = { isOver: false };
  try {
    return await turn.run(mine, write);
  } finally {
    mine.isOver = true;
  }
}

/** Waits for something, but not longer than so many ms. */
async function within(ms: number, awaited: Promise<unknown>): Promise<void> {
  const stop = new AbortController();
  const late = delay(ms, undefined, { signal: stop.signal }).catch(() => undefined);
  await Promise.race([awaited, late]);
  stop.abort();
}
