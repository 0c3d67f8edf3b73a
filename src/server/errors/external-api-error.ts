/** Numeric codes that sources written for earlier versions of this plugin compare with. */
export const ErrorCodes = { SUCCESS: 0, UNAUTHORIZED: 401, EXTERNAL_API_ERROR: 510 } as const;

/**
 * Thrown by a source when the system that it talks to answers with an error.
 * The task fails with `EXTERNAL_API_ERROR` and shows the message, so it must not contain a secret.
 */
export class ExternalAPIError extends Error {
  override readonly name = 'ExternalAPIError';
  readonly code: number = ErrorCodes.EXTERNAL_API_ERROR;
}
