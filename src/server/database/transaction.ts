import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '@nocobase/database';
import { Transaction } from 'sequelize';

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
      if (attempt >= RETRY_DELAYS.length || !isWriteContention(error)) throw error;
      await delay(RETRY_DELAYS[attempt]);
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

/** The last transaction of each SQLite database; it never fails. */
const lastOf = new WeakMap<object, Promise<unknown>>();
/** Says that the caller is inside of a transaction: one that waited for it would never get its turn. */
const inside = new AsyncLocalStorage<true>();

/**
 * SQLite lets one write at a time, and a connection that waits for that occupies one of the few threads with which the
 * process reads files, resolves names and hashes passwords. So transactions of this plugin wait here for each other.
 */
async function inTurn<T>(db: Database, run: () => Promise<T>): Promise<T> {
  if (!db.inDialect('sqlite') || inside.getStore()) return run();
  const result = (lastOf.get(db.sequelize) ?? Promise.resolve()).then(() => inside.run(true, run));
  lastOf.set(
    db.sequelize,
    result.catch(() => undefined),
  );
  return result;
}

const CONTENTION_CODES = new Set([
  'SQLITE_BUSY',
  'SQLITE_LOCKED',
  '40001',
  '40P01',
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
]);

function isWriteContention(error: unknown): boolean {
  return CONTENTION_CODES.has(driverCode(error));
}

/** Whether the database itself is out of reach, so that no record is to blame. */
export function isConnectionFailure(error: unknown): boolean {
  return error instanceof Error && /^Sequelize(Connection|Host|AccessDenied|InvalidConnection)/.test(error.name);
}

/** Whether a unique index refused a row. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && error.name === 'SequelizeUniqueConstraintError';
}

function driverCode(error: unknown): string {
  const original: unknown = error instanceof Error && 'original' in error ? error.original : error;
  return original instanceof Error && 'code' in original ? String(original.code) : '';
}
