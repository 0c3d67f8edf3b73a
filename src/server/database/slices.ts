/** The items in slices of at most `size`, in order. */
export function* inSlices<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

/** So many values stand in one `IN (…)`: SQLite takes statements of up to a million characters. */
const VALUES_PER_STATEMENT = 5000;

/** What `load` finds for all items, asked for in slices that fit into a statement; nothing is asked for no items. */
export async function loadInSlices<T, R>(
  items: readonly T[],
  load: (slice: T[]) => Promise<readonly unknown[]>,
  size = VALUES_PER_STATEMENT,
): Promise<R[]> {
  const found: R[] = [];
  for (const slice of inSlices(items, size)) for (const item of (await load([...slice])) as R[]) found.push(item);
  return found;
}
