import type { TrackedUser, UserRow, UserSnapshot } from './types';

/** The name of the target, and of its links. */
export const USERS = 'users';

/** The links of a user's record that say in which departments the source put the user. */
export const MEMBERSHIPS = 'departments';

/** The row that a record is linked to, as far as it exists. */
export function rowOf(tracked: TrackedUser, { linked }: Pick<UserSnapshot, 'linked'>): UserRow | undefined {
  return tracked.links
    .filter((link) => link.resource === USERS)
    .map((link) => linked.get(link.resourcePk))
    .find((row) => row !== undefined);
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
