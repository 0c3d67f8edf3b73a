import type { UserCandidate } from '../../../src/server/targets/users/types';
import { user } from './records';

/** A user that could be written, as far as the record itself goes. */
export function candidateOf(uid: string, options: Partial<Omit<UserCandidate, 'tracked'>> = {}): UserCandidate {
  return {
    tracked: user(uid),
    values: {},
    changes: {},
    reactivatedLinkIds: [],
    formerRecordIds: [],
    isEnabled: false,
    staleLinkIds: [],
    warnings: [],
    ...options,
  };
}
