import { isNativeError } from 'node:util/types';
import { errorStatus, type ErrorCode, type MessageParams } from './codes';
import { messageOf, type Translate } from './messages';

/**
 * An error that a person can act on. `message` is its English text; `translated` gives it in another language.
 * `status` is the HTTP status of a request that fails with it.
 */
export class SyncError extends Error {
  override readonly name = 'SyncError';
  readonly status: number;

  constructor(
    readonly code: ErrorCode,
    readonly params: MessageParams = {},
    options?: ErrorOptions,
  ) {
    super(messageOf(code, params), options);
    this.status = errorStatus[code];
  }

  translated(translate: Translate): string {
    return messageOf(this.code, this.params, translate);
  }
}

/** Longest message that is stored: the `message` column of a task is a string of 255 characters on every database. */
const STORED_MESSAGE_LENGTH = 255;

/** What is kept of an error that broke a run: bounded, and without the request, the stack or other baggage. */
export interface StoredError {
  code: ErrorCode;
  message: string;
  params: MessageParams;
}

/** Reduces any thrown value to what is stored with a task. Errors of other classes get `fallback` as their code. */
export function toStoredError(error: unknown, fallback: ErrorCode = 'INTERNAL_ERROR'): StoredError {
  const known = error instanceof SyncError ? error : new SyncError(fallback, { reason: asSentence(reasonOf(error)) });
  return { code: known.code, message: truncate(known.message, STORED_MESSAGE_LENGTH), params: known.params };
}

/** One sentence about a thrown value, with its cause, without a stack. */
export function reasonOf(error: unknown): string {
  if (!isNativeError(error)) return truncate(String(error), 200);
  const cause = isNativeError(error.cause) ? error.cause : undefined;
  // A connection that was tried over several addresses has a cause without a message, but with a code.
  const told = [error.message, cause && (cause.message || (cause as NodeJS.ErrnoException).code)];
  return truncate(told.filter(Boolean).join(': ').replace(/\s+/g, ' '), 200);
}

/** The message goes on after the reason. */
function asSentence(reason: string): string {
  return /[.!?…。]$/.test(reason) ? reason : `${reason}.`;
}

function truncate(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
