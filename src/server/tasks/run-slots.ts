import { AsyncLocalStorage } from 'node:async_hooks';
import { SyncError } from '../errors';

/** So many runs go on at a time: on SQLite each one that waits for its turn to write occupies a thread of the process. */
const SLOTS = 2;
/** How long a request waits for its turn, in ms; then it is to come again. */
const PATIENCE = 30_000;
/** So many requests may wait, each with what it has sent; more are told to come again at once. */
const WAITING_REQUESTS = 50;

/** How a run waits for its turn. */
export interface Waiting {
  /** Whom the run is for, for the message when it does not get its turn. */
  readonly source: string;
  /** A run in the background may wait for as long as it takes; a request may not. */
  readonly as: 'request' | 'background';
  readonly signal: AbortSignal;
}

/** A place in the line. */
export interface RunPlace {
  /** Resolves when it is this run's turn. Fails with `SOURCE_BUSY` for a request that has waited too long. */
  turn(): Promise<void>;
  /** Lets the next one have its turn; has to be called in every case. */
  leave(): void;
}

/**
 * Lets two runs go on at a time in this process; the others get their turn in the order in which they came. A run that
 * another run starts, such as a push by a source while it is asked, goes on in the place of that one: it would wait for
 * what waits for it.
 */
export class RunSlots {
  /** How long a request waits, in ms. */
  patience = PATIENCE;
  private taken = 0;
  private readonly line = new Set<() => void>();
  private readonly inside = new AsyncLocalStorage<true>();

  /** Runs `work` with a place in the line, which it leaves at its end. */
  async inLine<T>(waiting: Waiting, work: (place: Pick<RunPlace, 'turn'>) => Promise<T>): Promise<T> {
    if (this.inside.getStore()) return work({ turn: async () => undefined });
    const place = this.join(waiting);
    try {
      return await this.inside.run(true, () => work(place));
    } finally {
      place.leave();
    }
  }

  /** Whether a run would have to wait. */
  get isFull(): boolean {
    return this.taken >= SLOTS && !this.inside.getStore();
  }

  private join({ source, as, signal }: Waiting): RunPlace {
    let hasTurn = false;
    const take = () => {
      hasTurn = true;
      this.taken += 1;
    };
    return {
      turn: async () => {
        if (signal.aborted) throw new SyncError('INTERRUPTED');
        if (this.taken < SLOTS && this.line.size === 0) return take();
        if (as === 'request' && this.line.size >= WAITING_REQUESTS) throw busy(source);
        await this.wait(take, as === 'request' ? this.patience : undefined, source, signal);
      },
      leave: () => {
        if (!hasTurn) return;
        hasTurn = false;
        this.taken -= 1;
        this.next();
      },
    };
  }

  private wait(take: () => void, patience: number | undefined, source: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stopWaiting = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        this.line.delete(onTurn);
      };
      const onTurn = () => {
        stopWaiting();
        take();
        resolve();
      };
      const onAbort = () => {
        stopWaiting();
        reject(new SyncError('INTERRUPTED'));
      };
      const onImpatience = () => {
        stopWaiting();
        reject(busy(source));
      };
      const timer = patience === undefined ? undefined : setTimeout(onImpatience, patience);
      signal.addEventListener('abort', onAbort, { once: true });
      this.line.add(onTurn);
    });
  }

  private next(): void {
    const [onTurn] = this.line;
    if (this.taken < SLOTS) onTurn?.();
  }
}

const busy = (source: string) =>
  new SyncError('SOURCE_BUSY', { source, because: 'server' }, { answer: { retryAfter: PATIENCE / 1000 } });
