import type { Link, LinksByUid } from './link';
import type { PrimaryKey } from './primary-key';
import type { SyncRecord, UserRecord } from './records';

/** Stands for the primary key of a row that would be made; no row has it. */
export const FUTURE_ROW = '0';

/** A record together with what is stored about it: its origin record and its links. */
export interface TrackedRecord<R extends SyncRecord = SyncRecord> {
  /** Primary key of the origin record in `userDataSyncRecords`. */
  readonly id: PrimaryKey;
  readonly record: R;
  /** Links as of now, those that earlier targets of the run have made included. */
  readonly links: readonly Link[];
}

/** A user's record together with what is stored about it. */
export type TrackedUser = TrackedRecord<UserRecord>;

/** Records with the links that they have after a target. */
export function withLinks(records: readonly TrackedRecord[], links: LinksByUid): readonly TrackedRecord[] {
  if (links.size === 0) return records;
  return records.map((tracked) => {
    const changed = links.get(tracked.record.uid);
    return changed ? { ...tracked, links: changed } : tracked;
  });
}
