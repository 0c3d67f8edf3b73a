const { setTimeout: delay } = require('node:timers/promises');

/** Waits before what SQLite refused is tried again, in ms. */
const DELAYS = [100, 300, 1000, 3000];

/**
 * Does something again when SQLite refused it because somebody else was writing.
 *
 * @template T
 * @param {() => Promise<T>} work may be done twice
 * @param {readonly number[]} delays
 * @returns {Promise<T>}
 */
async function persistently(work, delays = DELAYS) {
  for (const pause of delays) {
    try {
      return await work();
    } catch (error) {
      if (!/SQLITE_(BUSY|LOCKED)/.test(String(error))) throw error;
      await delay(pause);
    }
  }
  return work();
}

module.exports = { persistently };
