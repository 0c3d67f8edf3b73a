import type { ErrorCode, MessageParams } from '../../errors';
import { failed, type Outcome, type TargetChunk } from '../../pipeline/contracts';
import type { Steps } from '../../pacing';
import { MATCH_KEYS, nameOf } from '../../records/types';
import type { FieldCatalogue } from '../shared/field-catalogue';
import { keepIdentity } from './identity';
import { planRemovals } from './removals';
import { resolveUniqueValues, type Candidate, type Conflict, type ValueConflict } from './unique-values';
import type { TrackedUser, UserClaim, UserPlan, UserRow, UserSnapshot } from './types';
import { MEMBERSHIPS, rowOf, textOf, USERS } from './user-rows';

/** A record that cannot be applied as things are. */
interface Refusal {
  readonly tracked: TrackedUser;
  readonly code: ErrorCode;
  readonly params: MessageParams;
}

/** Decides what becomes of each user of a chunk. Pure: everything it needs to know is in the snapshot. */
export function* planUsers(chunk: TargetChunk, snapshot: UserSnapshot, catalogue: FieldCatalogue): Steps<UserPlan> {
  const records = chunk.records as readonly TrackedUser[];
  const removals = yield* planRemovals(
    records.filter(({ record }) => record.isDeleted),
    snapshot,
    chunk,
  );
  const going = new Set([...removals.restingLinkIds, ...removals.obsoleteLinkIds]);
  const { candidates, refused, contested } = yield* readCandidates(records, chunk, snapshot, catalogue, going);
  const resolve = (among: readonly Candidate[]) =>
    resolveUniqueValues(among, removals.deletes, snapshot.holders, catalogue);
  const first = yield* resolve(candidates);
  yield;
  const freed = [...removals.deletes, ...removals.disables].filter(({ row }) => !isDisabled(row, snapshot)).length;
  const { admitted, standing } = giveSeats(first.accepted, snapshot.room, freed, chunk.run.userLimit);
  // Who is not let in keeps the values that others were to get.
  const second = standing.length > 0 ? yield* resolve(admitted) : { ...first, conflicts: [] };
  const seated = second.accepted;
  // What stands in the way may go in what is left of the delivery.
  const waiting: Refusal[] = [
    ...contested,
    ...[...first.conflicts, ...second.conflicts].map((conflict) => refusalOf(conflict, chunk)),
    ...standing,
  ];
  const decided: { candidate: Candidate; outcome: Outcome }[] = [];
  for (const candidate of seated) {
    decided.push({ candidate, outcome: outcomeOf(candidate) });
    yield;
  }
  yield;
  const obsoleteLinkIds = [...removals.obsoleteLinkIds, ...seated.flatMap((candidate) => candidate.staleLinkIds)];
  const outcomes = [
    ...removals.outcomes,
    ...[...refused, ...(chunk.final ? waiting : [])].map(({ tracked, code, params }) =>
      failed(tracked, nameOf(tracked.record), code, params),
    ),
    ...decided.map(({ outcome }) => outcome),
  ];
  yield;
  const creates = decided.flatMap(({ candidate: { tracked, row, values }, outcome }) =>
    row ? [] : [{ tracked, values, outcome }],
  );
  yield;
  const updates = seated.flatMap(({ row, ...rest }) => (row ? [{ row, ...rest }] : []));
  yield;
  return {
    sourceName: chunk.sourceName,
    taskId: chunk.run.taskId,
    creates,
    updates,
    deletes: removals.deletes,
    disables: removals.disables,
    resting: removals.resting,
    restingLinkIds: removals.restingLinkIds,
    obsoleteLinkIds,
    releases: second.releases,
    outcomes,
    warnings: [...removals.warnings, ...seated.flatMap((candidate) => candidate.warnings)],
    deferred: chunk.final ? [] : waiting.map(({ tracked }) => tracked),
  };
}

/** Reads the field values of users who are to be there, and finds their rows. */
function* readCandidates(
  records: readonly TrackedUser[],
  chunk: TargetChunk,
  snapshot: UserSnapshot,
  catalogue: FieldCatalogue,
  going: ReadonlySet<unknown>,
): Steps<{ candidates: Candidate[]; refused: Refusal[]; contested: Refusal[] }> {
  const candidates: Candidate[] = [];
  const refused: Refusal[] = [];
  const contested: Refusal[] = [];
  const present = records.filter(({ record }) => !record.isDeleted);
  const linkedUids = new Map(
    present.flatMap((tracked) => {
      const row = rowOf(tracked, snapshot);
      return row ? [[String(row.id), tracked.record.uid]] : [];
    }),
  );
  for (const tracked of present) {
    yield;
    const { record } = tracked;
    const parsed = catalogue.parse(record);
    if ('code' in parsed) {
      refused.push({ tracked, ...parsed });
      continue;
    }
    const row = rowOf(tracked, snapshot);
    const found = row ?? findMatch(chunk, snapshot, parsed.values);
    const protection = found && snapshot.protectedUsers.get(String(found.id));
    if (found && protection) {
      refused.push({ tracked, code: 'PROTECTED_USER', params: { user: String(found.id), protection } });
      continue;
    }
    const links = tracked.links.filter((link) => link.resource === USERS);
    const stale = links.filter((link) => link.resourcePk !== String(row?.id)).map((link) => link.id);
    // Memberships of a user who is no more say nothing about the next one.
    if (!row && stale.length > 0)
      for (const { id, resource } of tracked.links) if (resource === MEMBERSHIPS) stale.push(id);
    const former = found && !row ? ownClaims(found) : [];
    if (found && !row) {
      const other = linkedUids.get(String(found.id)) ?? former.find((claim) => !isGone(claim))?.uid;
      if (other !== undefined) {
        contested.push(matchConflict(tracked, chunk, found, other));
        continue;
      }
      // Who had this user before under another uid is gone: the user has one record in a source.
      for (const { linkId } of former) stale.push(linkId);
    }
    const differences = found ? catalogue.differences(found, parsed.values) : catalogue.asChanges(parsed.values);
    const { changes, kept } = keepIdentity(tracked, found, differences, snapshot, chunk);
    const values = found
      ? Object.fromEntries(Object.keys(changes).map((name) => [name, parsed.values[name]]))
      : parsed.values;
    candidates.push({
      tracked,
      row: found,
      values,
      changes,
      newLink: found && !row ? { adopted: isAdopted(found) } : undefined,
      returningLinkIds: links.filter((link) => link.inactive && !stale.includes(link.id)).map((link) => link.id),
      formerRecordIds: former.map(({ recordId }) => recordId),
      isEnabled: found !== undefined && snapshot.disabled.get(String(found.id)) === 'sync',
      staleLinkIds: stale,
      warnings: [...parsed.warnings, ...kept],
    });
  }
  return { candidates, refused, contested };

  /** Records of this source that have a user. */
  function ownClaims(found: UserRow): UserClaim[] {
    const claims = snapshot.claims.get(String(found.id)) ?? [];
    return claims.filter(({ sourceName }) => sourceName === chunk.sourceName);
  }

  function isGone({ inactive, linkId }: UserClaim): boolean {
    return inactive || going.has(linkId);
  }

  /** A user that no source has made: either none claims it, or those who do found it, too. */
  function isAdopted(found: UserRow): boolean {
    const claims = snapshot.claims.get(String(found.id)) ?? [];
    return claims.length === 0 || claims.some((claim) => claim.adopted);
  }
}

function refusalOf(conflict: Conflict, chunk: TargetChunk): Refusal {
  const { tracked, row } = conflict.candidate;
  if (conflict.holder === 'match') return matchConflict(tracked, chunk, row, conflict.holderId);
  const { field, value, holder, holderId } = conflict;
  return { tracked, code: 'UNIQUE_CONFLICT', params: { field, value, holder, holderId, ...adviceOf(conflict, chunk) } };
}

/** A match key is worth advising only where it would help: a record that has a user keeps that one. */
function adviceOf({ candidate, holder, field }: ValueConflict, { matchKey }: TargetChunk): MessageParams {
  const isMatchable = (MATCH_KEYS as readonly string[]).includes(field);
  if (candidate.row || holder !== 'user' || !isMatchable || matchKey === field) return { because: 'correct' };
  return matchKey === undefined ? {} : { because: 'otherKey', matchKey };
}

function matchConflict(
  tracked: TrackedUser,
  { matchKey = '' }: TargetChunk,
  found: UserRow | undefined,
  other: string,
): Refusal {
  return { tracked, code: 'MATCH_CONFLICT', params: { field: matchKey, user: String(found?.id), other } };
}

/** Lets in as many users as may be enabled; who is enabled already needs no seat. */
function giveSeats(
  candidates: readonly Candidate[],
  room: number | null,
  freed: number,
  limit: number | null,
): { admitted: Candidate[]; standing: Refusal[] } {
  if (room === null) return { admitted: [...candidates], standing: [] };
  let seats = room + freed;
  const admitted: Candidate[] = [];
  const standing: Refusal[] = [];
  for (const candidate of candidates) {
    const needsSeat = !candidate.row || candidate.isEnabled;
    if (needsSeat && seats <= 0) {
      standing.push({ tracked: candidate.tracked, code: 'USER_LIMIT', params: { limit: limit ?? 0 } });
      continue;
    }
    if (needsSeat) seats -= 1;
    admitted.push(candidate);
  }
  return { admitted, standing };
}

/** An empty value matches nobody: otherwise everybody without an e-mail address would be the same person. */
function findMatch(
  { matchKey }: TargetChunk,
  snapshot: UserSnapshot,
  values: Readonly<Record<string, unknown>>,
): UserRow | undefined {
  const value = matchKey === undefined ? undefined : values[matchKey];
  return typeof value === 'string' && value !== '' ? snapshot.matched.get(value) : undefined;
}

function outcomeOf({ tracked, row, changes, newLink, returningLinkIds, isEnabled }: Candidate): Outcome {
  const { uid } = tracked.record;
  const name = textOf(tracked.record.fields.nickname) ?? textOf(row?.nickname) ?? nameOf(tracked.record);
  if (!row) return { uid, name, action: 'created', changes };
  const hasChanges = Object.keys(changes).length > 0;
  const isLinked = newLink !== undefined || returningLinkIds.length > 0;
  const action = isEnabled ? 'enabled' : isLinked ? 'linked' : hasChanges ? 'updated' : 'unchanged';
  return { uid, name, action, rowId: row.id, ...(hasChanges ? { changes } : {}) };
}

const isDisabled = (row: UserRow, { disabled }: UserSnapshot) => disabled.has(String(row.id));
