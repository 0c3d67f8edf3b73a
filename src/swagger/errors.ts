import { errorStatus, type ErrorCode } from '../server/errors/codes';

/** Codes with which everything that changes something and takes a body can fail. */
const refusals = [
  'INVALID_REQUEST',
  'BODY_NOT_JSON',
  'NO_PERMISSION',
  'METHOD_NOT_ALLOWED',
  'BODY_TOO_LARGE',
  'INTERNAL_ERROR',
] as const satisfies readonly ErrorCode[];

/** Codes with which each action can fail as a whole. */
export const failuresOf = {
  push: [
    'INVALID_REQUEST',
    'UNKNOWN_MEMBER',
    'UNKNOWN_DATA_TYPE',
    'UNKNOWN_MATCH_KEY',
    'UNKNOWN_MODE',
    'BODY_NOT_JSON',
    'NO_PERMISSION',
    'PUSH_NOT_ALLOWED',
    'METHOD_NOT_ALLOWED',
    'SOURCE_DISABLED',
    'SOURCE_BUSY',
    'SOURCE_NAME_INVALID',
    'SOURCE_NAME_SIMILAR',
    'SOURCE_NOT_PUSHABLE',
    'NO_TARGET',
    'REMOVAL_LIMIT',
    'DELIVERY_TOO_LARGE',
    'BODY_TOO_LARGE',
    'TOO_MANY_RECORDS',
    'INTERRUPTED',
    'DATABASE_UNREACHABLE',
    'DATABASE_BUSY',
    'DATABASE_FAILED',
    'PAYLOAD_LOG_FAILED',
    'INTERNAL_ERROR',
  ],
  pull: [
    'INVALID_REQUEST',
    'BODY_NOT_JSON',
    'NO_PERMISSION',
    'SOURCE_NOT_FOUND',
    'METHOD_NOT_ALLOWED',
    'SOURCE_DISABLED',
    'SOURCE_BUSY',
    'SOURCE_NOT_PULLABLE',
    'SOURCE_TYPE_UNKNOWN',
    'BODY_TOO_LARGE',
    'INTERNAL_ERROR',
  ],
  retry: [
    'INVALID_REQUEST',
    'BODY_NOT_JSON',
    'NO_PERMISSION',
    'SOURCE_NOT_FOUND',
    'TASK_NOT_FOUND',
    'METHOD_NOT_ALLOWED',
    'SOURCE_DISABLED',
    'SOURCE_BUSY',
    'SOURCE_NOT_PULLABLE',
    'SOURCE_TYPE_UNKNOWN',
    'TASK_NOT_RETRYABLE',
    'BODY_TOO_LARGE',
    'INTERNAL_ERROR',
  ],
  retryFailed: [
    ...refusals,
    'SOURCE_NOT_FOUND',
    'TASK_NOT_FOUND',
    'SOURCE_DISABLED',
    'SOURCE_BUSY',
    'TASK_NOT_RETRYABLE',
    'TASK_OUTDATED',
    'NOTHING_TO_RETRY',
  ],
  approve: [
    ...refusals,
    'SOURCE_NOT_FOUND',
    'TASK_NOT_FOUND',
    'SOURCE_DISABLED',
    'SOURCE_BUSY',
    'TASK_NOT_BLOCKED',
    'TASK_OUTDATED',
    'DELIVERY_GONE',
  ],
  reject: [...refusals, 'TASK_NOT_FOUND', 'TASK_NOT_BLOCKED'],
  runNow: [
    ...refusals,
    'SOURCE_NOT_FOUND',
    'TASK_NOT_FOUND',
    'SOURCE_DISABLED',
    'SOURCE_BUSY',
    'TASK_NOT_PREVIEW',
    'TASK_OUTDATED',
    'DELIVERY_GONE',
  ],
  purge: [...refusals, 'SOURCE_NOT_FOUND', 'SOURCE_BUSY', 'SOURCE_BUILT_IN'],
  disableUser: [...refusals, 'USER_NOT_FOUND', 'USER_IS_YOURSELF', 'PROTECTED_USER'],
  enableUser: [...refusals, 'USER_NOT_FOUND', 'USER_NOT_DISABLED'],
  listSyncTypes: ['NO_PERMISSION', 'INTERNAL_ERROR'],
  listPushRoles: ['NO_PERMISSION', 'INTERNAL_ERROR'],
  testConnection: [
    'INVALID_REQUEST',
    'BODY_NOT_JSON',
    'SOURCE_OPTIONS_INVALID',
    'FILE_NOT_FOUND',
    'FILE_OUTSIDE_FOLDER',
    'FILE_TOO_LARGE',
    'FILE_NOT_UTF8',
    'FILE_EMPTY',
    'CSV_INVALID',
    'CSV_COLUMN_MISSING',
    'CSV_COLUMN_DUPLICATE',
    'CSV_TOO_MANY_COLUMNS',
    'JSON_INVALID',
    'NO_PERMISSION',
    'SOURCE_NOT_FOUND',
    'METHOD_NOT_ALLOWED',
    'SOURCE_TYPE_UNKNOWN',
    'SOURCE_NOT_TESTABLE',
    'BODY_TOO_LARGE',
    'SOURCE_FAILED',
    'EXTERNAL_API_ERROR',
    'INTERNAL_ERROR',
  ],
  exportOutcomes: ['INVALID_REQUEST', 'NO_PERMISSION', 'TASK_NOT_FOUND', 'INTERNAL_ERROR'],
  downloadPayload: ['INVALID_REQUEST', 'NO_PERMISSION', 'TASK_NOT_FOUND', 'INTERNAL_ERROR'],
  settings: ['NO_PERMISSION', 'INTERNAL_ERROR'],
  updateSettings: [...refusals],
  listChanges: ['INVALID_REQUEST', 'NO_PERMISSION', 'INTERNAL_ERROR'],
} as const satisfies Record<string, readonly ErrorCode[]>;

/** Codes with which one record of a push can fail. */
export const recordFailures = [
  'UID_MISSING',
  'UID_INVALID',
  'TITLE_MISSING',
  'VALUE_INVALID',
  'VALUE_TOO_LONG',
  'RECORD_TOO_LARGE',
  'PROTECTED_USER',
  'PROTECTED_DEPARTMENT',
  'MATCH_CONFLICT',
  'UNIQUE_CONFLICT',
  'HAS_DEPENDENTS',
  'USER_LIMIT',
  'PARENT_IS_SELF',
  'PARENT_CYCLE',
  'TREE_TOO_DEEP',
  'TARGET_FAILED',
  'WRITE_FAILED',
] as const satisfies readonly ErrorCode[];

/** Codes of what was left out or has to wait, while the rest of the record is applied. */
export const warnings = [
  'DUPLICATE_UID',
  'FIELD_UNKNOWN',
  'MATCH_KEY_UNKNOWN',
  'FIELD_NOT_WRITABLE',
  'PARENT_NOT_FOUND',
  'DEPARTMENT_NOT_FOUND',
  'SEVERAL_MAIN_DEPARTMENTS',
  'USER_KEPT',
  'IDENTITY_KEPT',
  'REMOVALS_POSTPONED',
] as const satisfies readonly ErrorCode[];

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: 'The request is malformed, or refers to something that cannot be read. The message begins with the path of what is wrong. Nothing was written.',
  401: 'Not signed in: the token is missing, wrong or expired.',
  403: 'The role or API key has no permission for this action.',
  404: 'There is no such source, task or user.',
  405: 'GET is not allowed for actions that change data. Use POST.',
  409: 'The state of the source, task or user does not allow this now.',
  422: 'The source could not be read. The message says why.',
  413: 'The body is larger than the server accepts (`REQUEST_BODY_LIMIT`, 10 MB by default), or a push has more than 100,000 records. Send changes in parts. Do not split a full delivery, because records that are missing from it are removed.',
  500: 'An error occurred on the server. See the server log for details.',
};

const RETRY_AFTER = {
  'Retry-After': {
    description: 'With `SOURCE_BUSY`: when to send the request again, in seconds.',
    schema: { type: 'integer' },
  },
};

/** The answers of an action that fails, by status. */
export function failureResponses(codes: readonly ErrorCode[]): Record<string, object> {
  const responses: Record<string, object> = { 401: failure(401) };
  for (const status of [...new Set(codes.map((code) => errorStatus[code]))]) {
    responses[status] = failure(
      status,
      codes.filter((code) => errorStatus[code] === status),
    );
  }
  return responses;
}

/** The codes of 401, and of what else the host refuses by itself, are its own, so they are not listed. */
export function failure(status: number, codes?: readonly ErrorCode[]): object {
  const schema = { $ref: '#/components/schemas/userDataErrors' };
  const listed = {
    allOf: [schema, { properties: { errors: { items: { properties: { code: { type: 'string', enum: codes } } } } } }],
  };
  return {
    description: DESCRIPTIONS[status],
    ...(codes?.includes('SOURCE_BUSY') && { headers: RETRY_AFTER }),
    content: { 'application/json': { schema: codes ? listed : schema } },
  };
}
