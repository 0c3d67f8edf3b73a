import type { Protection } from '../../host/protection';
import { failed, type FieldChanges, type Outcome } from '../../model/outcome';
import { nameOf } from '../../model/records';
import type { TrackedUser } from '../../model/tracked-record';
import type { MembershipRow, MembershipSnapshot } from './types';
import type { RefusedDepartment } from './wanted';

/** The memberships of a user at one time. */
interface State {
  readonly rows: readonly MembershipRow[];
  /** The main department. */
  readonly main: string | null;
}

export function protectedOutcome(tracked: TrackedUser, userId: string, protection: Protection): Outcome {
  return failed(tracked, nameOf(tracked.record), 'PROTECTED_USER', { user: userId, protection });
}

/** What became of the memberships of a user. */
export function outcomeOf(
  tracked: TrackedUser,
  rowId: string | undefined,
  { before, after }: { readonly before: State; readonly after: State },
  refused: readonly RefusedDepartment[],
  { titles }: Pick<MembershipSnapshot, 'titles'>,
): Outcome {
  const { uid } = tracked.record;
  const name = nameOf(tracked.record);
  const changes = changesOf(before, after, titles);
  const hasChanges = Object.keys(changes).length > 0;
  if (refused.length > 0) {
    // The rest of the record is written all the same, so the outcome says what changed.
    const { uid: department, role } = refused.find((one) => one.role === 'privileged') ?? refused[0];
    const outcome = failed(tracked, name, 'PROTECTED_DEPARTMENT', { department, gives: role });
    return { ...outcome, rowId, ...(hasChanges ? { changes } : {}) };
  }
  return hasChanges ? { uid, name, action: 'updated', rowId, changes } : { uid, name, action: 'unchanged', rowId };
}

/** Memberships as a person would read them, by title. */
function changesOf(before: State, after: State, titles: ReadonlyMap<string, string>): FieldChanges {
  const title = (id: string | null) => (id === null ? null : (titles.get(id) ?? id));
  const titlesOf = (rows: readonly MembershipRow[]) => rows.map((row) => title(row.departmentId)).sort();
  const owned = (rows: readonly MembershipRow[]) => titlesOf(rows.filter((row) => row.isOwner));
  const pairs: [string, unknown, unknown][] = [
    ['departments', titlesOf(before.rows), titlesOf(after.rows)],
    ['ownedDepartments', owned(before.rows), owned(after.rows)],
    ['mainDepartment', title(before.main), title(after.main)],
  ];
  const changed = pairs.filter(([, old, next]) => JSON.stringify(old) !== JSON.stringify(next));
  return Object.fromEntries(changed.map(([field, old, next]) => [field, { old, new: next }]));
}
