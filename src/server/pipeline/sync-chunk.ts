import { isOfDatabase, refusalReason } from '../database/refusal';
import { isConnectionFailure, isUniqueViolation } from '../database/transaction';
import { reasonOf, SyncError } from '../errors';
import { nameOf, type Warning } from '../records/types';
import { failed, type Outcome, type SyncTarget, type TargetChunk, type TrackedRecord } from './contracts';
import { isolate } from './isolate';

/** Planning and writing must not mix with another run's: whoever implements this runs one piece of work at a time. */
export type RunExclusive = <T>(work: () => Promise<T>) => Promise<T>;

/** What a target did with a chunk. */
export interface ChunkResult {
  readonly outcomes: readonly Outcome[];
  readonly warnings: readonly Warning[];
  readonly deferred: readonly TrackedRecord[];
}

/**
 * Plans and writes a chunk. When writing fails the chunk is cut in half and each half planned again, until the record
 * to blame stands alone and fails with its reason; everything else is written. A database that is out of reach is no
 * record's fault and breaks the run.
 */
export async function syncChunk(
  target: SyncTarget,
  chunk: TargetChunk,
  exclusively: RunExclusive,
): Promise<ChunkResult> {
  const results = await isolate<TrackedRecord, ChunkResult>(chunk.records, {
    work: async (records) => {
      const { plan, finish } = await exclusively(async () => {
        const plan = await target.plan({ ...chunk, records });
        return { plan, finish: await target.apply(plan) };
      });
      // Whoever hears of it may push something himself, and wait for that.
      await finish?.();
      return plan;
    },
    blame: (tracked, error) => ({ outcomes: [blame(tracked, error)], warnings: [], deferred: [] }),
    isNobodysFault: (error) => isConnectionFailure(error) || isInterrupted(error),
  });
  return {
    outcomes: results.flatMap(({ outcomes }) => outcomes),
    warnings: results.flatMap(({ warnings }) => warnings),
    deferred: results.flatMap(({ deferred }) => deferred),
  };
}

/** Somebody else has taken the run over. */
const isInterrupted = (error: unknown) => error instanceof SyncError && error.code === 'INTERRUPTED';

function blame(tracked: TrackedRecord, error: unknown): Outcome {
  const name = nameOf(tracked.record);
  if (error instanceof SyncError) return failed(tracked, name, error.code, error.params);
  if (!isOfDatabase(error)) return failed(tracked, name, 'TARGET_FAILED', { reason: reasonOf(error) });
  if (!isUniqueViolation(error)) return failed(tracked, name, 'WRITE_FAILED', { reason: refusalReason(error) });
  const fields = (error as { fields?: Record<string, unknown> }).fields ?? {};
  const [field = '', value = ''] = Object.entries(fields)[0] ?? [];
  return failed(tracked, name, 'UNIQUE_CONFLICT', { field, value: String(value), holder: 'other', because: 'correct' });
}
