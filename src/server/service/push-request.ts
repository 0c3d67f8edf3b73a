import { SyncError } from '../errors';
import { parseMatchKey } from '../records/match-key';
import type { MatchKey, SyncDataType } from '../records/types';
import { API_SOURCE_NAME, isSourceName } from '../sources';

/** A push whose form is right; what is in its records is judged by the pipeline. */
export interface PushRequest {
  readonly sourceName: string;
  readonly dataType: SyncDataType;
  readonly matchKey?: MatchKey;
  readonly records: readonly Readonly<Record<string, unknown>>[];
}

const DATA_TYPES: readonly SyncDataType[] = ['user', 'department'];

/** Reads what somebody pushes. Fails with a code and the path of what is wrong; then nothing has been written. */
export function parsePushRequest(body: unknown): PushRequest {
  if (!isObject(body)) throw invalid('body', 'object');
  requireDelta(body.mode, body.dryRun);
  return {
    dataType: parseDataType(body.dataType),
    matchKey: parseMatchKey(body.matchKey),
    records: parseRecords(body.records),
    sourceName: parseSourceName(body.sourceName),
  };
}

function parseDataType(value: unknown): SyncDataType {
  const dataType = DATA_TYPES.find((known) => known === value);
  if (dataType === undefined)
    throw new SyncError('UNKNOWN_DATA_TYPE', { path: 'dataType', expected: DATA_TYPES.join(', ') });
  return dataType;
}

function parseRecords(value: unknown): PushRequest['records'] {
  if (!Array.isArray(value)) throw invalid('records', 'array');
  const wrong = value.findIndex((record) => !isObject(record));
  if (wrong !== -1) throw invalid(`records[${wrong}]`, 'object');
  return value as PushRequest['records'];
}

function parseSourceName(value: unknown): string {
  if (value === undefined || value === null || value === '') return API_SOURCE_NAME;
  if (!isSourceName(value)) throw invalid('sourceName', 'name');
  return value;
}

/** Full deliveries and dry runs need the removal policies and the safeguard; until then they are refused, not ignored. */
function requireDelta(mode: unknown, dryRun: unknown): void {
  if (mode === 'full') throw new SyncError('FULL_MODE_NOT_AVAILABLE', { path: 'mode' });
  if (mode !== undefined && mode !== null && mode !== 'delta')
    throw new SyncError('UNKNOWN_MODE', { path: 'mode', expected: 'delta, full' });
  if (dryRun !== undefined && dryRun !== null && typeof dryRun !== 'boolean') throw invalid('dryRun', 'boolean');
  if (dryRun) throw new SyncError('DRY_RUN_NOT_AVAILABLE', { path: 'dryRun' });
}

const invalid = (path: string, expected: string) => new SyncError('INVALID_REQUEST', { path, expected });

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
