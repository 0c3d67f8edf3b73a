import type { Database } from '@nocobase/database';
import { ConnectionError } from 'sequelize';

/** The part of Sequelize through which every statement goes, those of transactions included. */
interface Statements {
  query(...args: unknown[]): Promise<unknown>;
}

/** Breaks the connection at a statement, once. */
export class DatabaseFaults {
  private countdown = Infinity;
  private isAnswerLost = false;
  private readonly statements: Statements;
  private readonly original: Statements['query'];
  /** What was to be executed when the connection broke. */
  broken: string | undefined;

  constructor(db: Database) {
    this.statements = db.sequelize;
    this.original = this.statements.query.bind(db.sequelize);
    this.statements.query = (...args) => this.execute(args);
  }

  /** Breaks the connection at the n-th statement from now on, before it is executed or before it is answered. */
  breakAt(statement: number, when: 'before' | 'answer'): void {
    this.countdown = statement;
    this.isAnswerLost = when === 'answer';
    this.broken = undefined;
  }

  stop(): void {
    this.countdown = Infinity;
  }

  restore(): void {
    this.statements.query = this.original;
  }

  private async execute(args: unknown[]): Promise<unknown> {
    const [sql] = args as [string | { query: string }];
    const text = typeof sql === 'string' ? sql : sql.query;
    // A broken connection takes its transaction back by itself, if there was one.
    if (text.startsWith('ROLLBACK')) return this.original(...args).catch(() => undefined);
    this.countdown -= 1;
    if (this.countdown !== 0) return this.original(...args);
    this.broken = text;
    if (this.isAnswerLost) await this.original(...args);
    else if (text.startsWith('COMMIT')) await this.original('ROLLBACK;', ...args.slice(1));
    throw new ConnectionError(new Error('Connection terminated unexpectedly'));
  }
}
