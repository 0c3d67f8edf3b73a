import type { FieldChanges, PrimaryKey } from '../../pipeline/contracts';
import type { Warning } from '../../records/types';
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
  /** Synchronization had disabled the user, who is back. */
  readonly isEnabled: boolean;
  /** Links of the record to rows that are no more. */
  readonly staleLinkIds: readonly PrimaryKey[];
  readonly warnings: readonly Warning[];
}

/** A candidate that wants a unique value which somebody else keeps. */
export interface Conflict {
  readonly candidate: Candidate;
  readonly field: string;
  readonly value: string;
  /** Who has it: a user by id, or another record of the same delivery by uid. */
  readonly holder: 'user' | 'record';
  readonly holderId: string;
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
 * changes; each round loses at least one candidate.
 */
export function resolveUniqueValues(
  candidates: readonly Candidate[],
  deletes: readonly UserRemoval[],
  holders: ReadonlyMap<string, ReadonlyMap<string, string>>,
  catalogue: FieldCatalogue,
): Resolution {
  const fields = catalogue.uniqueFields;
  const deletedIds = new Set(deletes.map(({ row }) => String(row.id)));
  const conflicts: Conflict[] = [];
  let accepted = [...candidates];
  for (;;) {
    const lost = findConflicts(accepted, deletedIds, holders, fields);
    if (lost.length === 0) break;
    conflicts.push(...lost);
    const losers = new Set(lost.map((conflict) => conflict.candidate));
    accepted = accepted.filter((candidate) => !losers.has(candidate));
  }
  return { accepted, conflicts, releases: findReleases(accepted, holders, fields) };
}

function findConflicts(
  accepted: readonly Candidate[],
  deletedIds: ReadonlySet<string>,
  holders: ReadonlyMap<string, ReadonlyMap<string, string>>,
  fields: readonly string[],
): Conflict[] {
  const byRowId = new Map(
    accepted.flatMap((candidate) => (candidate.row ? [[String(candidate.row.id), candidate]] : [])),
  );
  const lost = new Map<Candidate, Conflict>();
  for (const field of fields) {
    const claimed = new Map<string, Candidate>();
    for (const candidate of accepted) {
      const value = wanted(candidate, field);
      if (value === undefined || lost.has(candidate)) continue;
      const holderId = holders.get(field)?.get(value);
      const holder = holderId === undefined ? undefined : byRowId.get(holderId);
      const isReleased =
        holderId === undefined ||
        holderId === String(candidate.row?.id) ||
        deletedIds.has(holderId) ||
        (holder !== undefined && field in holder.values);
      const rival = claimed.get(value);
      if (!isReleased) lost.set(candidate, { candidate, field, value, holder: 'user', holderId });
      else if (rival)
        lost.set(candidate, { candidate, field, value, holder: 'record', holderId: rival.tracked.record.uid });
      else claimed.set(value, candidate);
    }
  }
  return [...lost.values()];
}

function findReleases(
  accepted: readonly Candidate[],
  holders: ReadonlyMap<string, ReadonlyMap<string, string>>,
  fields: readonly string[],
): Map<string, PrimaryKey[]> {
  const rowIds = new Map(accepted.flatMap(({ row }) => (row ? [[String(row.id), row.id] as const] : [])));
  const releases = new Map<string, PrimaryKey[]>();
  for (const field of fields) {
    const ids = accepted.flatMap((candidate) => {
      const value = wanted(candidate, field);
      const holderId = value === undefined ? undefined : holders.get(field)?.get(value);
      const id = holderId === undefined ? undefined : rowIds.get(holderId);
      return id === undefined || holderId === String(candidate.row?.id) ? [] : [id];
    });
    if (ids.length > 0) releases.set(field, ids);
  }
  return releases;
}

/** The value that a candidate gets, as text, when it is a new one. */
function wanted(candidate: Candidate, field: string): string | undefined {
  const value = candidate.values[field];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
