import type { UserRecord } from '../../model/records';
import type { TargetChunk } from '../../pipeline/contracts';
import type { UserRemovalPlan } from './removals';
import type { Refusal } from './refusals';
import type { UserCandidate, UserSnapshot } from './types';

/** Candidates that the limit of enabled users allows, and those that it does not. */
interface Admission {
  readonly admitted: readonly UserCandidate[];
  readonly overLimit: readonly Refusal[];
}

/**
 * Admits candidates until the limit of enabled users is reached; users who are removed in the same chunk make others
 * possible. A change to a user who is enabled already does not count. Pure.
 */
export function admitWithinLimit(
  candidates: readonly UserCandidate[],
  removals: Pick<UserRemovalPlan, 'deletes' | 'disables'>,
  snapshot: Pick<UserSnapshot, 'remaining' | 'disabled'>,
  { userLimit }: Pick<TargetChunk<UserRecord>['run'], 'userLimit'>,
): Admission {
  if (snapshot.remaining === null) return { admitted: candidates, overLimit: [] };
  let remaining = snapshot.remaining + countNoLongerEnabled(removals, snapshot);
  const admitted: UserCandidate[] = [];
  const overLimit: Refusal[] = [];
  for (const candidate of candidates) {
    if (!becomesEnabled(candidate)) {
      admitted.push(candidate);
    } else if (remaining > 0) {
      remaining -= 1;
      admitted.push(candidate);
    } else {
      overLimit.push({ tracked: candidate.tracked, code: 'USER_LIMIT', params: { limit: userLimit ?? 0 } });
    }
  }
  return { admitted, overLimit };
}

const becomesEnabled = ({ row, isEnabled }: UserCandidate) => !row || isEnabled;

/** How many users a plan takes from those who are enabled. */
export function countNoLongerEnabled(
  { deletes, disables }: Pick<UserRemovalPlan, 'deletes' | 'disables'>,
  { disabled }: Pick<UserSnapshot, 'disabled'>,
): number {
  return [...deletes, ...disables].filter(({ row }) => !disabled.has(String(row.id))).length;
}
