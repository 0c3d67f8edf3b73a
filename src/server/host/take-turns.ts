import type { Database } from '@nocobase/database';
import type { Application } from '@nocobase/server';
import type { Transaction, TransactionOptions } from 'sequelize';
import { WriteTurns } from '../database/write-turns';

type Work = (transaction: Transaction) => PromiseLike<unknown>;
type Begin = (options?: TransactionOptions, work?: Work) => Promise<unknown>;
type Query = (sql: string | { query: string }, options?: { transaction?: unknown }) => Promise<unknown>;

/** While the application runs on SQLite, it takes turns with the runs of this plugin. */
export function takeTurnsWithHost(app: Application): void {
  let stopTakingTurns = () => {};
  app.on('afterStart', () => {
    stopTakingTurns();
    stopTakingTurns = app.db.inDialect('sqlite') ? keepTurns(app.db) : () => {};
  });
  app.on('beforeStop', () => {
    stopTakingTurns();
    stopTakingTurns = () => {};
  });
}

/**
 * Makes every transaction of this database, and every write outside of one, wait for its turn. Sequelize has no hook that
 * could wait before BEGIN, so its methods are replaced. The function that is given back restores them.
 */
export function keepTurns({ sequelize }: Pick<Database, 'sequelize'>): () => void {
  const turns = WriteTurns.of({ sequelize });
  const begin = sequelize.transaction.bind(sequelize) as Begin;
  const query = sequelize.query.bind(sequelize) as Query;

  const beginInTurn = async (first?: TransactionOptions | Work, second?: Work): Promise<unknown> => {
    const [options, work] = typeof first === 'function' ? [undefined, first] : [first, second];
    // Part of a transaction that has begun.
    if (options?.transaction) return begin(options, work);
    const end = await turns.host();
    try {
      if (!work) return endingWith(end, (await begin(options)) as Transaction);
      return await begin(options, (transaction) => work(endingWith(end, transaction))).finally(end);
    } catch (error) {
      end();
      throw error;
    }
  };
  const queryInTurn: Query = async (sql, options) => {
    const text = typeof sql === 'string' ? sql : sql.query;
    if (options?.transaction || !WRITES.test(text)) return query(sql, options);
    if (OWN_TABLE.test(text)) return turns.own(() => query(sql, options));
    const end = await turns.host();
    return query(sql, options).finally(end);
  };
  const putBack = [replace(sequelize, 'transaction', beginInTurn), replace(sequelize, 'query', queryInTurn)];
  return () => putBack.forEach((back) => back());
}

const WRITES = /^\s*(INSERT|UPDATE|DELETE|REPLACE)\b/i;
/**
 * A write to a table of this plugin, such as the progress of a run. It waits for the host also when no run waits;
 * otherwise the host's next write would be refused. The name of the table may have a prefix, and underscores.
 */
const OWN_TABLE = /^\s*(INSERT INTO|UPDATE|DELETE FROM)\s+`\w*user_?data_?sync/i;

/** The lock is given back before listeners hear of the commit: they may wait for a run. */
function endingWith(end: () => void, transaction: Transaction): Transaction {
  const rollback = transaction.rollback.bind(transaction);
  transaction.afterCommit(end);
  transaction.rollback = () => rollback().finally(end);
  return transaction;
}

/** Replaces a method of an object, until what is given back is called; what others have replaced since stays. */
function replace<K extends 'transaction' | 'query'>(
  owner: Database['sequelize'],
  name: K,
  method: unknown,
): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { value: method, configurable: true, writable: true });
  return () => {
    if (owner[name] !== method) return;
    if (before) Object.defineProperty(owner, name, before);
    else Reflect.deleteProperty(owner, name);
  };
}
