import { groupBy } from '../../database/group-by';
import type { PrimaryKey } from '../../model/primary-key';
import type { Steps } from '../../pacing';
import type { FieldCatalogue } from '../shared/field-catalogue';
import type { RemovedUser, UserCandidate } from './types';
import { futureUidOf } from './user-rows';

/** A candidate that wants a value or a row which another one keeps or gets. */
export type Conflict = ValueConflict | RowConflict;

/** A unique value that is not free. */
export interface ValueConflict {
  readonly candidate: UserCandidate;
  readonly field: string;
  readonly value: string;
  /** What has it: a user by id, or another record of the same delivery by uid. */
  readonly holder: 'user' | 'record';
  readonly holderId: string;
}

/** A user whom another record of the same delivery has found, too. */
export interface RowConflict {
  readonly candidate: UserCandidate;
  readonly holder: 'match';
  readonly holderId: string;
}

/** Why a candidate has lost. */
interface Defeat {
  readonly conflict: Conflict;
  /** The candidate of the same chunk that it lost to, if it did not lose to a user. */
  readonly rival?: UserCandidate;
}

export interface Resolution {
  readonly accepted: UserCandidate[];
  readonly conflicts: Conflict[];
  /** Field → ids of rows whose value is taken over by another row of the chunk. */
  readonly releases: Map<string, PrimaryKey[]>;
}

/** What is known of the values besides the candidates. */
interface Holdings {
  /** Unique field → value → id of the user who has it. */
  readonly holders: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Users who are deleted with this chunk. */
  readonly deletedIds: ReadonlySet<string>;
  readonly fields: readonly string[];
}

/**
 * How often candidates that lost are judged again. Each time costs as much as the first time; real data needs one or
 * two, and a delivery that is made to need more gets conflicts that a retry solves.
 */
const MAX_ROUNDS = 20;

/**
 * Judges unique values by the end state of the chunk: a value is free when the row that has it gets another one or is
 * deleted. When several candidates want the same value, the first gets it, unless it fails for another reason: then the
 * candidates that lost to it are judged again, so that no record fails because of a record that fails, too.
 */
export function* resolveUniqueValues(
  candidates: readonly UserCandidate[],
  deletes: readonly Pick<RemovedUser, 'row'>[],
  holders: ReadonlyMap<string, ReadonlyMap<string, string>>,
  catalogue: Pick<FieldCatalogue, 'uniqueFields'>,
): Steps<Resolution> {
  const fields = catalogue.uniqueFields;
  const holdings: Holdings = { holders, deletedIds: new Set(deletes.map(({ row }) => String(row.id))), fields };
  const defeats = new Map<UserCandidate, Defeat>();
  const excluded = new Set<UserCandidate>();
  let accepted = yield* acceptCompatible([], candidates, holdings, defeats);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const obsolete = yield* findObsolete(accepted, defeats, excluded);
    if (obsolete.length === 0) break;
    for (const { rival } of obsolete) if (rival) excluded.add(rival);
    const again = [...defeats.keys()].filter((candidate) => !excluded.has(candidate));
    const next = yield* acceptCompatible(accepted, again, holdings, defeats);
    if (next.length > accepted.length) excluded.clear();
    accepted = next;
  }
  return {
    accepted: candidates.filter((candidate) => !defeats.has(candidate)),
    conflicts: [...defeats.values()].map(({ conflict }) => conflict),
    releases: yield* findReleases(accepted, holders, fields),
  };
}

/**
 * Accepts as many of the candidates as can be written together with those that are accepted already. A candidate that
 * loses keeps its old values, and then others may not get theirs, so this is repeated until nothing changes. Each round
 * has at least one candidate less, because a candidate only loses to one that comes before it.
 *
 * @param defeats is brought up to date for each of the candidates.
 */
function* acceptCompatible(
  alreadyAccepted: readonly UserCandidate[],
  candidates: readonly UserCandidate[],
  holdings: Holdings,
  defeats: Map<UserCandidate, Defeat>,
): Steps<UserCandidate[]> {
  for (const candidate of candidates) defeats.delete(candidate);
  let accepted = [...alreadyAccepted, ...candidates];
  for (;;) {
    const lost = yield* findConflicts(accepted, holdings);
    if (lost.length === 0) return accepted;
    for (const defeat of lost) defeats.set(defeat.conflict.candidate, defeat);
    accepted = accepted.filter((candidate) => !defeats.has(candidate));
  }
}

/** Defeats whose reason no longer holds: by a candidate that lost, too, or by a user whose value changes after all. */
function* findObsolete(
  accepted: readonly UserCandidate[],
  defeats: ReadonlyMap<UserCandidate, Defeat>,
  excluded: ReadonlySet<UserCandidate>,
): Steps<Defeat[]> {
  if (defeats.size === 0) return [];
  const byRowId = groupByRow(accepted);
  const obsolete: Defeat[] = [];
  for (const [candidate, defeat] of defeats) {
    yield;
    if (excluded.has(candidate)) continue;
    const { conflict, rival } = defeat;
    const isOver = rival
      ? defeats.has(rival)
      : conflict.holder === 'user' && isGivenUp(conflict.field, byRowId.get(conflict.holderId));
    if (isOver) obsolete.push(defeat);
  }
  return obsolete;
}

/**
 * A candidate that wants a value which a user keeps can never get it. The conflicts between candidates are judged only
 * when there is no such candidate: a value that it wants is free for the others.
 */
function* findConflicts(accepted: readonly UserCandidate[], holdings: Holdings): Steps<Defeat[]> {
  const unavailable = yield* findUnavailable(accepted, holdings);
  if (unavailable.length > 0) return unavailable.map((conflict) => ({ conflict }));
  const defeats = yield* findDefeats(accepted, holdings.fields);
  return [...defeats.values()].filter(({ rival }) => !rival || !defeats.has(rival));
}

/**
 * Candidates that want a value which a user keeps. They keep their own values then, so that the candidates that want
 * those lose, too.
 */
function* findUnavailable(accepted: readonly UserCandidate[], holdings: Holdings): Steps<ValueConflict[]> {
  const byRowId = groupByRow(accepted);
  /** Values of a user who gets others, and the candidates that want them, by the user's id. */
  const wishes = new Map<string, ValueConflict[]>();
  const lost = new Map<UserCandidate, ValueConflict>();
  for (const candidate of accepted) {
    yield;
    for (const wish of wishesOf(candidate, holdings)) {
      if (!isGivenUp(wish.field, byRowId.get(wish.holderId))) {
        lost.set(candidate, wish);
        break;
      }
      const others = wishes.get(wish.holderId);
      if (others) others.push(wish);
      else wishes.set(wish.holderId, [wish]);
    }
  }
  // The loop also visits what is added to the map while it runs.
  for (const { row } of lost.keys()) {
    yield;
    const id = String(row?.id);
    const stay = (byRowId.get(id) ?? []).filter((candidate) => !lost.has(candidate));
    for (const wish of wishes.get(id) ?? [])
      if (!lost.has(wish.candidate) && !isGivenUp(wish.field, stay)) lost.set(wish.candidate, wish);
  }
  return [...lost.values()].map(namingRecord);
}

/** Values that a candidate wants and that a user has who is not deleted. */
function wishesOf(candidate: UserCandidate, { holders, deletedIds, fields }: Holdings): ValueConflict[] {
  const wishes: ValueConflict[] = [];
  for (const field of fields) {
    const value = wanted(candidate, field);
    const holderId = value === undefined ? undefined : holders.get(field)?.get(value);
    if (value === undefined || holderId === undefined || deletedIds.has(holderId)) continue;
    if (holderId !== String(candidate.row?.id)) wishes.push({ candidate, field, value, holder: 'user', holderId });
  }
  return wishes;
}

/** In a dry run the holder may be a user that would be created: then the conflict names its record. */
function namingRecord(conflict: ValueConflict): ValueConflict {
  const uid = futureUidOf(conflict.holderId);
  return uid === undefined ? conflict : { ...conflict, holder: 'record', holderId: uid };
}

function groupByRow(candidates: readonly UserCandidate[]): Map<string, UserCandidate[]> {
  return groupBy(
    candidates.filter(({ row }) => row),
    ({ row }) => String(row?.id),
  );
}

/** Whether one of the candidates that change a user gives the field another value. */
function isGivenUp(field: string, changing: readonly UserCandidate[] = []): boolean {
  return changing.some(({ values }) => Object.hasOwn(values, field));
}

/** When several candidates want the same value, the first gets it. */
function* findDefeats(
  accepted: readonly UserCandidate[],
  fields: readonly string[],
): Steps<Map<UserCandidate, Defeat>> {
  const defeats = new Map<UserCandidate, Defeat>();
  const finders = new Map<string, UserCandidate>();
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
    const claimed = new Map<string, UserCandidate>();
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
  accepted: readonly UserCandidate[],
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
function wanted(candidate: UserCandidate, field: string): string | undefined {
  const value = candidate.values[field];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
