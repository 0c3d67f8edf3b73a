/** How work on many records at once is done, and what is made of its failures. */
export interface Isolation<T, R> {
  /** Does all or nothing. */
  work(items: readonly T[]): Promise<R>;
  /** The result for one record that cannot be dealt with. */
  blame(item: T, error: unknown): R;
  /** No record is to blame, so nothing is gained by trying fewer. */
  isNobodysFault(error: unknown): boolean;
}

/**
 * Works on all records at once. When that fails they are cut in half, down to the record to blame, which stands alone
 * and gets its reason; all others are dealt with.
 */
export async function isolate<T, R>(items: readonly T[], isolation: Isolation<T, R>): Promise<R[]> {
  try {
    return [await isolation.work(items)];
  } catch (error) {
    if (isolation.isNobodysFault(error)) throw error;
    if (items.length <= 1) return items.map((item) => isolation.blame(item, error));
    const middle = Math.ceil(items.length / 2);
    const first = await isolate(items.slice(0, middle), isolation);
    return [...first, ...(await isolate(items.slice(middle), isolation))];
  }
}
