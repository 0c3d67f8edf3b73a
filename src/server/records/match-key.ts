import { SyncError } from '../errors';
import { MATCH_KEYS, type MatchKey } from './types';

/** Reads a match key; absent, `null` and `''` mean that there is none. Fails with `UNKNOWN_MATCH_KEY`. */
export function parseMatchKey(value: unknown): MatchKey | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const key = MATCH_KEYS.find((known) => known === value);
  if (key === undefined)
    throw new SyncError('UNKNOWN_MATCH_KEY', { path: 'matchKey', expected: MATCH_KEYS.join(', ') });
  return key;
}
