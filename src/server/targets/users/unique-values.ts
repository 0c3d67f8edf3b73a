import { groupBy } from '../../database/group-by';
import type { FieldChanges, PrimaryKey } from '../../pipeline/contracts';
import type { Warning } from '../../records/types';
import type { Steps } from '../../pacing';
import type { FieldCatalogue } from '../shared/field-catalogue';
import type { TrackedUser, UserRemoval, UserRow } from './types';

/** A user that could be created or changed as far as the record itself goes. */
export interface Candidate {
  readonly tracked: TrackedUser;
  /** The row to change; without one the user is created. */
  readonly row?: UserRow;
  /** What is to be written. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly changes: FieldChanges;
  /** The record had no link and found the row by the match key: the link to make. */
  readonly newLink?: { readonly adopted: boolean };
  /** Links of the record that are in force again. */
  readonly returningLinkIds: readonly PrimaryKey[];
  /** Records of the same source that had this user before, under other uids. */
  readonly formerRecordIds: readonly PrimaryKey[];
  /** Synchronization had disabled the user, who is back. */
  readonly isEnabled: boolean;
  /** Links of the record to rows that are no more, and to departments that those users were in. */
  readonly staleLinkIds: readonly PrimaryKey[];
  readonly warnings: readonly Warning[];
}

/** A candidate that wants what somebody else keeps or gets. */
export type Conflict = ValueConflict | RowConflict;

/** A unique value that is not free. */
export interface ValueConflict {
  readonly candidate: Candidate;
  readonly field: string;
  readonly value: string;
  /** Who has it: a user by id, or another record of the same delivery by uid. */
  readonly holder: 'user' | 'record';
  readonly holderId: string;
}

/** A user whom another record of the same delivery has found, too. */
export interface RowConflict {
  readonly candidate: Candidate;
  readonly holder: 'match';
  readonly holderId: string;
}

/** A conflict with a candidate that may yet lose. */
interface Defeat {
  readonly rival: Candidate;
  readonly conflict: Conflict;
}

export interface Resolution {
  readonly accepted: Candidate[];
  readonly conflicts: Conflict[];
  /** Field → ids of rows whose value is taken over by another row of the chunk. */
  readonly releases: Map<string, PrimaryKey[]>;
}

/**
 * Judges unique values by the end state of the chunk: a value is free when the row that has it gets another one or is
 * deleted. A candidate that loses keeps its old values, which may cost others theirs, so this is repeated until nothing
 * changes; each round loses at least one candidate, because whoever loses to another comes after it.
 */
export function* resolveUniqueValues(
  candidates: readonly Candidate[],
  deletes: readonly UserRemoval[],
  holders: ReadonlyMap<string, ReadonlyMap<string, string>>,
  catalogue: FieldCatalogue,
): Steps<Resolution> {
  const fields = catalogue.uniqueFields;
  const deletedIds = new Set(deletes.map(({ row }) => String(row.id)));
  const conflicts: Conflict[] = [];
  let accepted = [...candidates];
  for (;;) {
    const lost = yield* findConflicts(accepted, deletedIds, holders, fields);
    if (lost.length === 0) break;
    for (const conflict of lost) conflicts.push(conflict);
    const losers = new Set(lost.map((conflict) => conflict.candidate));
    accepted = accepted.filter((candidate) => !losers.has(candidate));
  }
  return { accepted, conflicts, releases: yield* findReleases(accepted, holders, fields) };
}

/**
 * Who wants a value that nobody gives up has lost for good. Only without such candidates it is seen who loses to whom:
 * what one wants that loses itself is free for the others.
 */
function* findConflicts(
  accepted: readonly Candidate[],
  deletedIds: ReadonlySet<string>,
  holders: ReadonlyMap<string, ReadonlyMap<string, string>>,
  fields: readonly string[],
): Steps<Conflict[]> {
  const hopeless = yield* findHopeless(accepted, deletedIds, holders, fields);
  if (hopeless.length > 0) return hopeless;
  const defeats = yield* findDefeats(accepted, fields);
  return [...defeats.values()].filter(({ rival }) => !defeats.has(rival)).map(({ conflict }) => conflict);
}

function* findHopeless(
  accepted: readonly Candidate[],
  deletedIds: ReadonlySet<string>,
  holders: ReadonlyMap<string, ReadonlyMap<string, string>>,
  fields: readonly string[],
): Steps<ValueConflict[]> {
  const byRowId = groupBy(
    accepted.filter(({ row }) => row),
    ({ row }) => String(row?.id),
  );
  const hopeless: ValueConflict[] = [];
  for (const candidate of accepted) {
    yield;
    const conflict = firstConflict(candidate);
    if (conflict) hopeless.push(conflict);
  }
  return hopeless;

  function firstConflict(candidate: Candidate): ValueConflict | undefined {
    for (const field of fields) {
      const value = wanted(candidate, field);
      const holderId = value === undefined ? undefined : holders.get(field)?.get(value);
      if (value === undefined || holderId === undefined || holderId === String(candidate.row?.id)) continue;
      const isReleased =
        deletedIds.has(holderId) || (byRowId.get(holderId) ?? []).some(({ values }) => Object.hasOwn(values, field));
      if (!isReleased) return { candidate, field, value, holder: 'user', holderId };
    }
    return undefined;
  }
}

/** Of those who want the same, the first gets it. */
function* findDefeats(accepted: readonly Candidate[], fields: readonly string[]): Steps<Map<Candidate, Defeat>> {
  const defeats = new Map<Candidate, Defeat>();
  const finders = new Map<string, Candidate>();
  for (const candidate of accepted) {
    yield;
    const { row, newLink } = candidate;
    if (!row || !newLink) continue;
    const rival = finders.get(String(row.id));
    if (!rival) finders.set(String(row.id), candidate);
    else
      defeats.set(candidate, { rival, conflict: { candidate, holder: 'match', holderId: rival.tracked.record.uid } });
  }
  for (const field of fields) {
    const claimed = new Map<string, Candidate>();
    for (const candidate of accepted) {
      yield;
      const value = wanted(candidate, field);
      if (value === undefined || defeats.has(candidate)) continue;
      const rival = claimed.get(value);
      const holderId = rival?.tracked.record.uid ?? '';
      if (!rival) claimed.set(value, candidate);
      else defeats.set(candidate, { rival, conflict: { candidate, field, value, holder: 'record', holderId } });
    }
  }
  return defeats;
}

function* findReleases(
  accepted: readonly Candidate[],
  holders: ReadonlyMap<string, ReadonlyMap<string, string>>,
  fields: readonly string[],
): Steps<Map<string, PrimaryKey[]>> {
  const rowIds = new Map(accepted.flatMap(({ row }) => (row ? [[String(row.id), row.id] as const] : [])));
  const releases = new Map<string, PrimaryKey[]>();
  for (const field of fields) {
    const ids: PrimaryKey[] = [];
    for (const candidate of accepted) {
      yield;
      const value = wanted(candidate, field);
      const holderId = value === undefined ? undefined : holders.get(field)?.get(value);
      const id = holderId === undefined ? undefined : rowIds.get(holderId);
      if (id !== undefined && holderId !== String(candidate.row?.id)) ids.push(id);
    }
    if (ids.length > 0) releases.set(field, ids);
  }
  return releases;
}

/** The value that a candidate gets, as text, when it is a new one. */
function wanted(candidate: Candidate, field: string): string | undefined {
  const value = candidate.values[field];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
