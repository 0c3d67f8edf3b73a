import { MATCH_KEYS } from '../../../common/records';
import type { ErrorCode, MessageParams } from '../../errors';
import type { TrackedUser } from '../../model/tracked-record';
import type { UserRecord } from '../../model/records';
import type { TargetChunk } from '../../pipeline/contracts';
import type { UserRow } from './types';
import type { Conflict, ValueConflict } from './unique-values';

/** A record that cannot be applied as things are, and why. */
export interface Refusal {
  readonly tracked: TrackedUser;
  readonly code: ErrorCode;
  readonly params: MessageParams;
}

/** The user that a record has found belongs to another record of the same source. */
export function matchConflict(
  tracked: TrackedUser,
  { matchKey = '' }: Pick<TargetChunk<UserRecord>, 'matchKey'>,
  found: UserRow | undefined,
  otherUid: string,
): Refusal {
  return { tracked, code: 'MATCH_CONFLICT', params: { field: matchKey, user: String(found?.id), other: otherUid } };
}

/** A conflict over a unique value, or over a found user, as the outcome of a record says it. */
export function refusalOf(conflict: Conflict, chunk: Pick<TargetChunk<UserRecord>, 'matchKey'>): Refusal {
  const { tracked, row } = conflict.candidate;
  if (conflict.holder === 'match') return matchConflict(tracked, chunk, row, conflict.holderId);
  const { field, value, holder, holderId } = conflict;
  return { tracked, code: 'UNIQUE_CONFLICT', params: { field, value, holder, holderId, ...adviceOf(conflict, chunk) } };
}

/** A match key is worth advising only where it would help: a record that has a user keeps that one. */
function adviceOf(
  { candidate, holder, field }: ValueConflict,
  { matchKey }: Pick<TargetChunk<UserRecord>, 'matchKey'>,
): MessageParams {
  const isMatchable = (MATCH_KEYS as readonly string[]).includes(field);
  if (candidate.row || holder !== 'user' || !isMatchable || matchKey === field) return { because: 'correct' };
  return matchKey === undefined ? {} : { because: 'otherKey', matchKey };
}
