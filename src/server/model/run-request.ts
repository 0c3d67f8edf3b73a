import type { PrimaryKey } from './primary-key';

/** Who asked for a run; all that is kept of the request. */
export interface RunRequest {
  readonly userId?: PrimaryKey;
  /** The language of that person's page, such as `de-DE`. */
  readonly language?: string;
}
