/**
 * Whether a field of the options is empty because its value is a secret that is stored already. It may be required:
 * nobody has to type it again.
 */
export function isKeptSecret(
  path: readonly (string | number)[],
  value: unknown,
  secretsSet: readonly string[],
): boolean {
  return (value === undefined || value === null || value === '') && secretsSet.includes(path.join('.'));
}
