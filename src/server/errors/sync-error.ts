import { isNativeError } from 'node:util/types';
import { isExternalApiError } from './external-api-error';
import { cutText } from '../limits';
import { boundedParams } from './bounded-params';
import { errorStatus, type ErrorCode, type MessageParams } from './codes';
import { messageOf, type Translate } from './messages';

/** What a request that fails is told besides code and message. */
export interface ErrorAnswer {
  /** The task to look at. */
  readonly taskId?: number | string;
  /** When to come again, in seconds. */
  readonly retryAfter?: number;
}

/**
 * An error that a person can act on. `message` is its English text; `translated` gives it in another language.
 * `status` is the HTTP status of a request that fails with it.
 */
export class SyncError extends Error {
  override readonly name = 'SyncError';
  readonly status: number;
  /** What the message speaks of; long texts among it are cut. */
  readonly params: MessageParams;
  readonly answer?: ErrorAnswer;

  constructor(
    readonly code: ErrorCode,
    params: MessageParams = {},
    options?: ErrorOptions & { readonly answer?: ErrorAnswer },
  ) {
    super(messageOf(code, params), options);
    this.params = boundedParams(params);
    this.status = errorStatus[code];
    this.answer = options?.answer;
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

/** Rewrites text of others before it is shown or cut; to mask secrets, for example. */
export type Rewrite = (text: string) => string;

/** Any thrown value with a code: what another system answered has its own, errors of other classes get `fallback`. */
export function toSyncError(error: unknown, fallback: ErrorCode, rewrite: Rewrite = (text) => text): SyncError {
  if (error instanceof SyncError) {
    const params = Object.entries(error.params).map(([name, value]) => [
      name,
      typeof value === 'string' ? rewrite(value) : value,
    ]);
    return new SyncError(error.code, Object.fromEntries(params) as MessageParams);
  }
  const code = isExternalApiError(error) ? 'EXTERNAL_API_ERROR' : fallback;
  return new SyncError(code, { reason: asSentence(reasonOf(error, rewrite)) });
}

/** Reduces any thrown value to what is stored with a task. Errors of other classes get `fallback` as their code. */
export function toStoredError(error: unknown, fallback: ErrorCode = 'INTERNAL_ERROR'): StoredError {
  const { code, message, params } = toSyncError(error, fallback);
  return { code, message: cutText(message, STORED_MESSAGE_LENGTH), params };
}

/** One sentence about a thrown value, with its cause, without a stack. */
export function reasonOf(error: unknown, rewrite: Rewrite = (text) => text): string {
  if (!isNativeError(error)) return cutText(rewrite(String(error)), 200);
  const cause = isNativeError(error.cause) ? error.cause : undefined;
  // A connection that was tried over several addresses has a cause without a message, but with a code.
  const told = [error.message, cause && (cause.message || (cause as NodeJS.ErrnoException).code)];
  return cutText(rewrite(told.filter(Boolean).join(': ')).replace(/\s+/g, ' '), 200);
}

/** The message goes on after the reason. */
function asSentence(reason: string): string {
  return /[.!?…。]$/.test(reason) ? reason : `${reason}.`;
}
