import { reasonOf } from '../errors';
import { isConnectionFailure, isUniqueViolation } from '../database/transaction';
import { nameOf, type Warning } from '../records/types';
import { failed, type Outcome, type SyncTarget, type TargetChunk, type TrackedRecord } from './contracts';

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
  try {
    return await exclusively(async () => {
      const plan = await target.plan(chunk);
      await target.apply(plan);
      return plan;
    });
  } catch (error) {
    if (isConnectionFailure(error)) throw error;
    const { records } = chunk;
    if (records.length <= 1)
      return { outcomes: records.map((tracked) => blame(tracked, error)), warnings: [], deferred: [] };
    const middle = Math.ceil(records.length / 2);
    const first = await syncChunk(target, { ...chunk, records: records.slice(0, middle) }, exclusively);
    const second = await syncChunk(target, { ...chunk, records: records.slice(middle) }, exclusively);
    return {
      outcomes: [...first.outcomes, ...second.outcomes],
      warnings: [...first.warnings, ...second.warnings],
      deferred: [...first.deferred, ...second.deferred],
    };
  }
}

function blame(tracked: TrackedRecord, error: unknown): Outcome {
  const name = nameOf(tracked.record);
  if (!isUniqueViolation(error)) return failed(tracked, name, 'WRITE_FAILED', { reason: reasonOf(error) });
  const fields = (error as { fields?: Record<string, unknown> }).fields ?? {};
  const [field = '', value = ''] = Object.entries(fields)[0] ?? [];
  return failed(tracked, name, 'UNIQUE_CONFLICT', { field, value: String(value), holder: 'other' });
}
