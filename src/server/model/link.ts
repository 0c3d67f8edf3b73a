import type { PrimaryKey } from './primary-key';

/** Record ↔ row of a target. A membership of a user is a link of the user's record to the department's row. */
export interface Link {
  readonly id: PrimaryKey;
  /** Name of the target. */
  readonly resource: string;
  /** Primary key of the row, as text. */
  readonly resourcePk: string;
  /** Whether the row was there before the source claimed it: then unlinking does not remove it. */
  readonly adopted: boolean;
  /**
   * Whether the record was removed from the source: the row is not the source's any more, but is found again when the
   * record is delivered again.
   */
  readonly inactive: boolean;
}

/** Links of records as they are, or would be, after a target: uid → all of its links. Other records keep theirs. */
export type LinksByUid = ReadonlyMap<string, readonly Link[]>;
