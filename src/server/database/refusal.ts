import { BaseError } from 'sequelize';
import { reasonOf } from '../errors';
import { isUniqueViolation } from './transaction';

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
/** Classes of SQLSTATE: data exception, constraint violation, limit exceeded. */
const DATA_STATES = /^(22|23|54)/;

/** Whether an error came from the database, and not from the code of a target. */
export function isOfDatabase(error: unknown): boolean {
  return error instanceof BaseError;
}

/** Whether a database refused what it was given to write, so that less of it may be taken. */
export function isDataRefusal(error: unknown): boolean {
  if (isUniqueViolation(error)) return true;
  const original = (error as { original?: { code?: unknown; sqlState?: unknown } } | null | undefined)?.original;
  const { code, sqlState } = original ?? {};
  return DATA_CODES.has(String(code)) || DATA_STATES.test(String(sqlState ?? code));
}

/** Why a database refused something, without the statement, which the driver of MariaDB repeats with all its values. */
export function refusalReason(error: unknown): string {
  return reasonOf(error, (text) => text.replace(/^\(conn=.*?\) /s, '').replace(/\s+sql: .*$/s, ''));
}
