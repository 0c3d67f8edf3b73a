/** About how many characters a JSON value takes. */
export function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 5;
  let length = 2;
  for (const [key, item] of Object.entries(value))
    length += lengthOf(item) + (Array.isArray(value) ? 1 : key.length + 4);
  return length;
}
