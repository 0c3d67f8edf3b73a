/** The `name` column is a string of 255 characters on every database. */
const MAX_LENGTH = 255;

/**
 * Whether a value can name a source: text as a person would write it, on one line. A new name has to pass
 * `requireNewSourceName` besides; sources that are there are found by whatever name they have.
 */
export function isSourceName(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value !== '' &&
    value.trim() === value &&
    value.length <= MAX_LENGTH &&
    !/[\p{Cc}\p{Cs}]/u.test(value)
  );
}
