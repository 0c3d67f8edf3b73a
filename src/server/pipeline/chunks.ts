import type { SyncRecord } from '../records/types';

/** What is planned and written together may be at most. */
export interface ChunkSize {
  readonly records: number;
  /** Fields of all records together; a membership counts as several, because it is read and written on its own. */
  readonly weight: number;
}

/** A membership costs about as much as so many fields. */
const FIELDS_PER_MEMBERSHIP = 4;

/** Items in chunks, in order: of ordinary records as many as allowed, of large ones fewer. */
export function* inChunks<T>(
  items: readonly T[],
  recordOf: (item: T) => SyncRecord,
  { records, weight }: ChunkSize,
): Generator<readonly T[]> {
  let chunk: T[] = [];
  let carried = 0;
  for (const item of items) {
    const own = weightOf(recordOf(item));
    if (chunk.length > 0 && (chunk.length === records || carried + own > weight)) {
      yield chunk;
      chunk = [];
      carried = 0;
    }
    chunk.push(item);
    carried += own;
  }
  if (chunk.length > 0) yield chunk;
}

function weightOf(record: SyncRecord): number {
  const memberships = record.dataType === 'user' ? (record.departments?.length ?? 0) : 0;
  return Object.keys(record.fields).length + FIELDS_PER_MEMBERSHIP * memberships;
}
