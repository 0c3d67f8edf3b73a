import type { Batch } from '../pipeline/batches';

/** What a source would deliver that has nothing left: everything that it brought in is missing. */
export function purgedBatches(sourceName: string): Batch[] {
  return (['user', 'department'] as const).map((dataType) => ({
    sourceName,
    dataType,
    mode: 'full',
    records: [],
    rejected: [],
    warnings: [],
  }));
}
