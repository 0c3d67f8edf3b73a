import { BaseError } from 'sequelize';
import { reasonOf, SyncError, toSyncError } from '../errors';

/**
 * What went wrong with the database:
 * - `data`: it refused what it was given, so that a record is to blame and less of it may be taken;
 * - `contention`: somebody else was writing the same; the same may work a moment later;
 * - `unreachable`: the connection broke, or there is none;
 * - `other`: a full disk, a missing table, a wrong statement. No record is to blame.
 */
export type DatabaseFault = 'data' | 'contention' | 'unreachable' | 'other';

const CONTENTION_CODES = new Set([
  'SQLITE_BUSY',
  'SQLITE_LOCKED',
  '40001',
  '40P01',
  // PostgreSQL: a lock or a statement that took longer than the administrator allows.
  '55P03',
  '57014',
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_STATEMENT_TIMEOUT',
  'ER_QUERY_TIMEOUT',
]);

const UNREACHABLE_CODES = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'PROTOCOL_CONNECTION_LOST',
  'ER_SOCKET_UNEXPECTED_CLOSE',
  'ER_CMD_CONNECTION_CLOSED',
  'ER_SERVER_SHUTDOWN',
  'ER_CONNECTION_KILLED',
]);
/** Classes of SQLSTATE: connection exception, and the shutdowns of operator intervention. */
const UNREACHABLE_STATES = /^(08|57P0)/;

/** What drivers say when a value or a row does not fit, and not the database or the statement is at fault. */
const DATA_CODES = new Set([
  'SQLITE_CONSTRAINT',
  'SQLITE_MISMATCH',
  'SQLITE_TOOBIG',
  'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD',
  'ER_NET_PACKET_TOO_LARGE',
  'ER_CONSTRAINT_FAILED',
  'ER_CHECK_CONSTRAINT_VIOLATED',
]);
/** Classes of SQLSTATE: data exception, constraint violation, limit exceeded; and what a trigger raises. */
const DATA_STATES = /^(22|23|54|45|P0001)/;

/** What an error says about the database; `undefined` when it is not the database's. */
export function databaseFault(error: unknown): DatabaseFault | undefined {
  if (!(error instanceof BaseError)) return undefined;
  if (isUniqueViolation(error) || error.name === 'SequelizeValidationError') return 'data';
  const { code, sqlState, message } = originalOf(error);
  if (CONTENTION_CODES.has(code) || CONTENTION_CODES.has(sqlState)) return 'contention';
  if (DATA_CODES.has(code) || DATA_STATES.test(sqlState)) return 'data';
  const isLost = UNREACHABLE_CODES.has(code) || UNREACHABLE_STATES.test(sqlState);
  // The driver of PostgreSQL gives no code when the connection breaks while it waits for an answer.
  if (isLost || /^Connection terminated/.test(message)) return 'unreachable';
  return /^Sequelize(Connection|Host|AccessDenied|InvalidConnection)/.test(error.name) ? 'unreachable' : 'other';
}

/** Whether a unique index refused a row. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof BaseError && error.name === 'SequelizeUniqueConstraintError';
}

/** Why a database refused something, without the statement, which the driver of MariaDB repeats with all its values. */
export function refusalReason(error: unknown): string {
  return reasonOf(error, withoutStatement);
}

const withoutStatement = (text: string) => text.replace(/^\(conn=.*?\) /s, '').replace(/\s+sql: .*$/s, '');

/** What is told of an error of the database that breaks a whole run; any other error as it is. */
export function toRunError(error: unknown): unknown {
  switch (databaseFault(error)) {
    case undefined:
      return error;
    case 'unreachable':
      return new SyncError('DATABASE_UNREACHABLE', {}, { cause: error });
    case 'contention':
      return new SyncError('DATABASE_BUSY', {}, { cause: error });
    default:
      return toSyncError(error, 'DATABASE_FAILED', withoutStatement);
  }
}

function originalOf(error: BaseError): { readonly code: string; readonly sqlState: string; readonly message: string } {
  const { code, sqlState, message } = ((error as { original?: unknown }).original ?? error) as Record<string, unknown>;
  return { code: String(code), sqlState: String(sqlState ?? code), message: String(message) };
}
