import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '@nocobase/database';
import { Transaction } from 'sequelize';
import { databaseFault } from './faults';
import { WriteTurns } from './write-turns';

/** Waits before a transaction that lost against another one is tried again, in ms. */
const RETRY_DELAYS = [50, 200, 800];

/**
 * Runs `work` in a transaction of its own and again when it lost against another writer (deadlock, serialisation
 * failure, a locked SQLite file). SQLite takes the write lock at once, because a reader that turns writer half-way is
 * refused without waiting.
 */
export async function inTransaction<T>(db: Database, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  const type = db.inDialect('sqlite') ? Transaction.TYPES.IMMEDIATE : undefined;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await inTurn(db, () => db.sequelize.transaction({ type }, (transaction) => fencedIn(transaction, work)));
    } catch (error) {
      if (attempt >= RETRY_DELAYS.length || databaseFault(error) !== 'contention') throw error;
      await delay(RETRY_DELAYS[attempt]);
    }
  }
}

/** How long to wait before a database that was out of reach is tried again, in ms. */
const NEXT_TRY = 1000;

/** Does something as soon as the database can be reached, unless `signal` says before that it is not to be waited for. */
export async function onceReachable(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const fault = databaseFault(error);
      if (signal.aborted || (fault !== 'unreachable' && fault !== 'contention')) throw error;
      await delay(NEXT_TRY, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Says whether the caller may still write; it throws when not. */
type Fence = (transaction: Transaction) => Promise<void>;
const fence = new AsyncLocalStorage<Fence | undefined>();

/** Runs work whose transactions all begin by asking whether it may still write. */
export function fenced<T>(ask: Fence, work: () => Promise<T>): Promise<T> {
  return fence.run(ask, work);
}

/** Runs work that is not part of what is fenced, though it is called from there: what listeners do, and their own runs. */
export function unfenced<T>(work: () => Promise<T>): Promise<T> {
  return fence.run(undefined, work);
}

async function fencedIn<T>(transaction: Transaction, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  await fence.getStore()?.(transaction);
  return work(transaction);
}

/**
 * On SQLite, where a connection that waits for its turn to write occupies one of the few threads with which the process
 * reads files, resolves names and hashes passwords, transactions wait here for each other, and for those of the host.
 */
async function inTurn<T>(db: Database, run: () => Promise<T>): Promise<T> {
  return db.inDialect('sqlite') ? WriteTurns.of(db).own(run) : run();
}
