import type { TrackedUser } from '../../model/tracked-record';
import type { UserRow, UserSnapshot } from './types';

/** The name of the target, and of its links. */
export const USERS = 'users';

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

/** Stands before the uid in what a dry run takes for the id of a user who would be made; no id begins like this. */
const FUTURE_ID = 'record ';

/** What a dry run takes for the id of a user who would be made. */
export const futureIdOf = (uid: string): string => `${FUTURE_ID}${uid}`;

/** The uid of a user who would be made. */
export const futureUidOf = (id: string): string | undefined =>
  id.startsWith(FUTURE_ID) ? id.slice(FUTURE_ID.length) : undefined;
