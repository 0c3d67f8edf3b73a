import { SyncError, type MessageParams } from '../../errors';

/** Names come from the request, and may be as long as that. */
const MAX_PATH_LENGTH = 120;

/** Says what is wrong with a query: where, and what is expected there. */
export function malformed(path: string, expected: string, params: MessageParams = {}): SyncError {
  const shown = path.length > MAX_PATH_LENGTH ? `${path.slice(0, MAX_PATH_LENGTH)}…` : path;
  return new SyncError('INVALID_REQUEST', { ...params, path: shown, expected });
}

/** A name that is none of those that are known here. */
export function unknownName(path: string, known: readonly string[]): SyncError {
  return known.length > 0 ? malformed(path, 'knownKey', { keys: known.join(', ') }) : malformed(path, 'nothing');
}
