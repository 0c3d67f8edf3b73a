import * as z from 'zod/mini';
import { DATA_TYPES, DELIVERY_MODES, MATCH_KEYS, type DeliveryMode, type SyncDataType } from '../../common/records';
import { API_SOURCE_NAME } from '../../common/sources';
import { SyncError } from '../errors';
import { anyMatchKey } from '../records/match-key';
import { isSourceName } from '../sources';
import { choice, expecting, optional, parse, strictObject, withDefault } from '../validation';
import { unknownMember } from './unknown-member';

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

const MEMBERS = {
  dataType: choice(DATA_TYPES, { code: 'UNKNOWN_DATA_TYPE' }),
  matchKey: optional(choice(MATCH_KEYS, { code: 'UNKNOWN_MATCH_KEY' })),
  // A list of zod's would be a copy of a hundred thousand records.
  records: expecting(z.custom<readonly unknown[]>(Array.isArray), { expected: 'array' }),
  sourceName: withDefault(optional(expecting(z.custom<string>(isSourceName), { expected: 'name' })), API_SOURCE_NAME),
  mode: withDefault(choice(DELIVERY_MODES, { code: 'UNKNOWN_MODE' }), 'delta'),
  dryRun: withDefault(expecting(z.boolean(), { expected: 'boolean' }), false),
};

const BODY = strictObject(MEMBERS);
/** Another plugin may match by what only its own targets know. */
const REQUEST = z.object({ ...MEMBERS, matchKey: z.optional(z.pipe(z.unknown(), z.transform(anyMatchKey))) });

/** Reads a push over HTTP, where an unknown member is a mistake. */
export function parsePushBody(body: unknown, maxRecords: number): PushRequest {
  const request = parse(BODY, body, { unknown: (name) => unknownMember(name, Object.keys(MEMBERS)) });
  const count = request.records.length;
  if (count > maxRecords) throw new SyncError('TOO_MANY_RECORDS', { max: maxRecords, count });
  return request;
}

/** Reads what another plugin pushes. Fails with a code and the path of what is wrong; then nothing has been written. */
export function parsePushRequest(data: unknown): PushRequest {
  return parse(REQUEST, data);
}
