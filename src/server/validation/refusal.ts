import type { ErrorCode, MessageParams } from '../errors';

/** What a message says of a value that is refused. */
export type Refusal = MessageParams & {
  /** A word of `expected` in the texts, or the choices. */
  readonly expected: string;
  /** Default: that of the border. */
  readonly code?: ErrorCode;
};
