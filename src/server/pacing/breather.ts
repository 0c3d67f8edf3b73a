import { setImmediate as nextTurn } from 'node:timers/promises';

/** The event loop is given away after so much work, in ms. Others get it long before the 100 ms that are promised. */
const BREATH = 15;

/**
 * Gives the event loop away now and then during long work, so that other requests are answered meanwhile. One for each
 * piece of work; whatever loops over records asks it after each of them.
 */
export class Breather {
  private since = performance.now();

  /** Whether the event loop has been held for long enough. */
  get isDue(): boolean {
    return performance.now() - this.since >= BREATH;
  }

  /** Lets everybody else have a turn, if it is due. */
  async breathe(): Promise<void> {
    if (!this.isDue) return;
    await nextTurn();
    this.since = performance.now();
  }
}
