import type { SyncRecord } from '../model/records';

/** What is planned and written together may be at most. */
export interface ChunkSize {
  readonly records: number;
  /** Fields of all records together; a membership counts as several, because it is read and written on its own. */
  readonly weight: number;
}

/** How much is planned and written together in a run. */
export interface ChunkSizes {
  /** Enough to make statements cheap, few enough to bound memory. */
  readonly users: ChunkSize;
  /** Fewer on SQLite, where no others can write meanwhile: people who save something would notice the wait. */
  readonly usersOnSqlite: ChunkSize;
  /** A circle is recognised only among the departments of one chunk. */
  readonly departments: ChunkSize;
  /** Records that wait for the end are judged together as far as possible: values may move between them. */
  readonly final: ChunkSize;
  /** Missing users are loaded with all of their memberships, whose number is not known before. */
  readonly missingUsers: number;
  readonly missingDepartments: number;
}

export const CHUNK_SIZES: ChunkSizes = {
  users: { records: 2000, weight: 30_000 },
  usersOnSqlite: { records: 500, weight: 7500 },
  departments: { records: 2000, weight: 30_000 },
  final: { records: 10_000, weight: 150_000 },
  missingUsers: 500,
  missingDepartments: 2000,
};

/** A membership costs about as much as so many fields. */
const FIELDS_PER_MEMBERSHIP = 4;

/** Records in chunks, in order: of ordinary records as many as allowed, of large ones fewer. */
export async function* inChunks<R extends SyncRecord>(
  pages: AsyncIterable<readonly R[]>,
  { records, weight }: ChunkSize,
): AsyncGenerator<readonly R[]> {
  let chunk: R[] = [];
  let carried = 0;
  for await (const page of pages) {
    for (const record of page) {
      const own = weightOf(record);
      if (chunk.length > 0 && (chunk.length === records || carried + own > weight)) {
        yield chunk;
        chunk = [];
        carried = 0;
      }
      chunk.push(record);
      carried += own;
    }
  }
  if (chunk.length > 0) yield chunk;
}

/** What a record adds to the weight of a chunk. */
export function weightOf(record: SyncRecord): number {
  const memberships = record.dataType === 'user' ? (record.departments?.length ?? 0) : 0;
  return Object.keys(record.fields).length + FIELDS_PER_MEMBERSHIP * memberships;
}
