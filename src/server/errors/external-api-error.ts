import { isNativeError } from 'node:util/types';

/** Numeric codes of the built-in plugin, which sources that were written for it compare with, and their texts. */
export class ErrorCodes {
  static readonly SUCCESS: number = 0;
  static readonly UNAUTHORIZED: number = 401;
  static readonly EXTERNAL_API_ERROR: number = 510;

  static readonly messages: Readonly<Record<number, string>> = {
    [ErrorCodes.SUCCESS]: 'success',
    [ErrorCodes.UNAUTHORIZED]: 'unauthorized',
    [ErrorCodes.EXTERNAL_API_ERROR]: 'external API error',
  };

  /** The text of a code, or `unknown error`. */
  static getErrorMessage(code: number | string): string {
    return ErrorCodes.messages[Number(code)] ?? 'unknown error';
  }
}

/**
 * Thrown by a source when the system that it talks to answers with an error.
 * The task fails with `EXTERNAL_API_ERROR` and shows the message, so it must not contain a secret.
 */
export class ExternalAPIError extends Error {
  override readonly name = 'ExternalAPIError';
  readonly code: number = ErrorCodes.EXTERNAL_API_ERROR;
}

/** Also for the class of the same name that the built-in plugin has. */
export function isExternalApiError(error: unknown): boolean {
  return isNativeError(error) && (error as { code?: unknown }).code === ErrorCodes.EXTERNAL_API_ERROR;
}
