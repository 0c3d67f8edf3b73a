import type { DeliveryMode } from '../../common/records';
import type { Delivery, Rejection, SyncRecord, Warning } from '../model/records';

/** Deliveries with the same key belong together. */
export type RecordSetKey = Pick<Delivery, 'sourceName' | 'dataType' | 'matchKey'>;

/** A part of a record set: records that were understood, and what could not be understood. */
export interface RecordPage {
  readonly records: readonly SyncRecord[];
  readonly rejected: readonly Rejection[];
  readonly warnings: readonly Warning[];
}

/** Which records a record set has. Takes memory for their uids alone. */
export interface RecordSetIndex {
  /** Records that are there. */
  readonly present: number;
  /** Records that are delivered as deleted. */
  readonly deleted: number;
  /** Delivered records that cannot be understood. */
  readonly rejected: number;
  /** Rejected records whose uid cannot be read: each of them could be any record of the source. */
  readonly unreadable: number;
  /** Whether something was delivered with this uid, also what cannot be understood. */
  has(uid: string): boolean;
  /** Whether what was delivered last with this uid cannot be understood. */
  isRejected(uid: string): boolean;
}

/**
 * Everything that a run was given of one type of data, however many parts it came in. Its records are not in memory: they
 * are read again whenever they are asked for.
 */
export interface RecordSet extends RecordSetKey {
  readonly mode: DeliveryMode;
  readonly index: RecordSetIndex;
  /** What is to be said about the record set as a whole. */
  readonly warnings: readonly Warning[];
  /** Its records, each uid once, in the order in which they came; departments come parents first. */
  pages(): AsyncIterable<RecordPage>;
}
