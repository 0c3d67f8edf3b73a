import type { Transaction } from 'sequelize';
import type { OriginRecordStore, PendingLinkStore } from '../links';
import type { LoggedOutcome } from '../model/outcome';
import type { ChunkSizes } from './chunks';
import type { Targets } from './deciding-targets';
import type { ChunkWriter } from './sync-chunk';

/** What running needs. */
export interface PipelineDeps extends ChunkWriter {
  readonly targets: Targets;
  readonly origins: OriginRecordStore;
  readonly pending: PendingLinkStore;
  /** How much is planned and written together. Default: `CHUNK_SIZES`. */
  readonly chunkSizes?: ChunkSizes;
}

/** What is told about the progress of a run, and a signal that stops it. All optional. */
export interface RunObserver {
  readonly signal?: AbortSignal;
  /** How many records a full delivery does not have: they are dealt with besides those that came. */
  onMissing?(records: number): void;
  /** Every outcome that is not simply unchanged, of records for which nothing is written. */
  onOutcome?(outcome: LoggedOutcome): void;
  /** Outcomes that are not simply unchanged, in the transaction that writes what they are about. */
  onWritten?(outcomes: readonly LoggedOutcome[], transaction: Transaction): Promise<void>;
  /** After each step: how many records have been dealt with since the last call. */
  onProgress?(done: number): Promise<void>;
}
