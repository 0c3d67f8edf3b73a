import { SyncError } from '../errors';
import { anyMatchKey, parseMatchKey } from '../records/match-key';
import { DATA_TYPES, DELIVERY_MODES, type DeliveryMode, type SyncDataType } from '../records/types';
import { API_SOURCE_NAME, isSourceName } from '../sources';
import { refuseUnknownMembers } from './unknown-members';

/** A push whose form is right; what is in its records is judged by the pipeline. */
export interface PushRequest {
  readonly sourceName: string;
  readonly dataType: SyncDataType;
  readonly matchKey?: string;
  readonly mode: DeliveryMode;
  /** Whether only to say what would be done. */
  readonly dryRun: boolean;
  /** Each is judged alone, also what is no object at all. */
  readonly records: readonly unknown[];
}

const MEMBERS: readonly (keyof PushRequest)[] = ['dataType', 'matchKey', 'records', 'sourceName', 'mode', 'dryRun'];

/** Reads what somebody pushes over HTTP, where a member that nobody reads is a mistake. */
export function parsePushBody(body: unknown, maxRecords: number): PushRequest {
  if (isObject(body)) refuseUnknownMembers(body, MEMBERS);
  return parse(body, parseMatchKey, maxRecords);
}

/** Reads what another plugin pushes, which may match by what only its own targets know. */
export function parsePushRequest(data: unknown): PushRequest {
  return parse(data, anyMatchKey, Infinity);
}

/** Fails with a code and the path of what is wrong; then nothing has been written. */
function parse(body: unknown, parseMatchKey: (value: unknown) => string | undefined, maxRecords: number): PushRequest {
  if (!isObject(body)) throw invalid('body', 'object');
  return {
    dataType: parseDataType(body.dataType),
    matchKey: parseMatchKey(body.matchKey),
    mode: parseMode(body.mode),
    dryRun: parseDryRun(body.dryRun),
    records: parseRecords(body.records, maxRecords),
    sourceName: parseSourceName(body.sourceName),
  };
}

function parseDataType(value: unknown): SyncDataType {
  const dataType = DATA_TYPES.find((known) => known === value);
  if (dataType === undefined)
    throw new SyncError('UNKNOWN_DATA_TYPE', { path: 'dataType', expected: DATA_TYPES.join(', ') });
  return dataType;
}

function parseRecords(value: unknown, max: number): PushRequest['records'] {
  if (!Array.isArray(value)) throw invalid('records', 'array');
  if (value.length > max) throw new SyncError('TOO_MANY_RECORDS', { max, count: value.length });
  return value;
}

function parseSourceName(value: unknown): string {
  if (value === undefined || value === null || value === '') return API_SOURCE_NAME;
  if (!isSourceName(value)) throw invalid('sourceName', 'name');
  return value;
}

function parseMode(value: unknown): DeliveryMode {
  if (value === undefined || value === null) return 'delta';
  const mode = DELIVERY_MODES.find((known) => known === value);
  if (mode === undefined) throw new SyncError('UNKNOWN_MODE', { path: 'mode', expected: DELIVERY_MODES.join(', ') });
  return mode;
}

function parseDryRun(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw invalid('dryRun', 'boolean');
  return value;
}

const invalid = (path: string, expected: string) => new SyncError('INVALID_REQUEST', { path, expected });

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
