import type { FieldChanges } from '../../model/outcome';
import type { Warning, UserRecord } from '../../model/records';
import type { TrackedUser } from '../../model/tracked-record';
import type { TargetChunk } from '../../pipeline/contracts';
import type { UserRow, UserSnapshot } from './types';

/** The fields by which people sign in, or get a new password. */
const IDENTITY_FIELDS = ['username', 'email', 'phone'];

/**
 * Leaves out changes to how a user signs in, with a warning each, when the rules of the source keep that of users who
 * were there before it. Pure.
 */
export function keepIdentity(
  { record: { uid } }: TrackedUser,
  row: UserRow | undefined,
  changes: FieldChanges,
  snapshot: Pick<UserSnapshot, 'claims'>,
  { sourceName, run: { protection } }: Pick<TargetChunk<UserRecord>, 'sourceName' | 'run'>,
): { readonly changes: FieldChanges; readonly kept: readonly Warning[] } {
  if (!row || protection.identity === 'change' || creatorOf(row, snapshot) === sourceName) return { changes, kept: [] };
  const fields = IDENTITY_FIELDS.filter((field) => field in changes);
  return {
    changes: Object.fromEntries(Object.entries(changes).filter(([field]) => !fields.includes(field))),
    kept: fields.map((field) => ({
      uid,
      code: 'IDENTITY_KEPT' as const,
      params: { field, user: String(row.id) },
    })),
  };
}

/** The source that created a user: the one with the oldest link, which comes first, unless that link was made by a match. */
function creatorOf({ id }: UserRow, { claims }: Pick<UserSnapshot, 'claims'>): string | undefined {
  const first = claims.get(String(id))?.[0];
  return first?.adopted ? undefined : first?.sourceName;
}
