import { MATCH_KEYS, type MatchKey } from '../../common/records';
import { SyncError } from '../errors';

/** The `matchKey` column of a task is a string of 255 characters on every database. */
const MAX_LENGTH = 255;

/** Reads a match key; absent, `null` and `''` mean that there is none. Fails with `UNKNOWN_MATCH_KEY`. */
export function parseMatchKey(value: unknown): MatchKey | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const key = knownMatchKey(value);
  if (key === undefined)
    throw new SyncError('UNKNOWN_MATCH_KEY', { path: 'matchKey', expected: MATCH_KEYS.join(', ') });
  return key;
}

/** A match key by which users can be found; `undefined` for any other value. */
export function knownMatchKey(value: unknown): MatchKey | undefined {
  return MATCH_KEYS.find((known) => known === value);
}

/** A match key of another plugin's source: which ones there are, only its targets know. */
export function anyMatchKey(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, MAX_LENGTH) : undefined;
}
