/**
 * The codes of everything that can go wrong, each with the HTTP status of a request that fails with it.
 * Codes are stable: scripts and the page depend on them. The text of a code is `error.<CODE>` in `src/locale`.
 */
export const errorStatus = {
  // The request as a whole
  INVALID_REQUEST: 400,
  UNKNOWN_DATA_TYPE: 400,
  UNKNOWN_MATCH_KEY: 400,
  UNKNOWN_MODE: 400,
  NO_PERMISSION: 403,
  METHOD_NOT_ALLOWED: 405,
  ACTION_NOT_AVAILABLE: 405,
  BODY_TOO_LARGE: 413,
  BODY_NOT_JSON: 400,
  // Sources and tasks
  SOURCE_NOT_FOUND: 404,
  SOURCE_DISABLED: 409,
  SOURCE_BUSY: 409,
  SOURCE_NOT_PUSHABLE: 409,
  SOURCE_NOT_PULLABLE: 409,
  SOURCE_TYPE_UNKNOWN: 409,
  SOURCE_OPTIONS_INVALID: 400,
  SOURCE_NOT_TESTABLE: 409,
  SOURCE_BUILT_IN: 409,
  TASK_NOT_FOUND: 404,
  TASK_NOT_RETRYABLE: 409,
  NOTHING_TO_RETRY: 409,
  REMOVAL_LIMIT: 409,
  TASK_NOT_BLOCKED: 409,
  TASK_NOT_PREVIEW: 409,
  TASK_OUTDATED: 409,
  DELIVERY_GONE: 409,
  REJECTED: 409,
  WOULD_BE_HELD: 200,
  // Users that may not sign in
  USER_DISABLED: 401,
  USER_NOT_FOUND: 404,
  USER_NOT_DISABLED: 409,
  USER_IS_YOURSELF: 409,
  DISABLING_ELSEWHERE: 400,
  // A run that breaks, and a source that is tried. Gateways put pages of their own in the place of a 502.
  NO_TARGET: 409,
  INTERRUPTED: 500,
  EXTERNAL_API_ERROR: 422,
  SOURCE_FAILED: 422,
  FILE_NOT_FOUND: 400,
  FILE_OUTSIDE_FOLDER: 400,
  FILE_TOO_LARGE: 400,
  FILE_NOT_UTF8: 400,
  FILE_EMPTY: 400,
  CSV_INVALID: 400,
  CSV_COLUMN_MISSING: 400,
  CSV_COLUMN_DUPLICATE: 400,
  JSON_INVALID: 400,
  INTERNAL_ERROR: 500,
  // A record that is rejected or fails
  UID_MISSING: 400,
  UID_INVALID: 400,
  TITLE_MISSING: 400,
  VALUE_INVALID: 400,
  VALUE_TOO_LONG: 400,
  PROTECTED_USER: 409,
  MATCH_CONFLICT: 409,
  UNIQUE_CONFLICT: 409,
  HAS_DEPENDENTS: 409,
  USER_LIMIT: 409,
  PARENT_IS_SELF: 409,
  PARENT_CYCLE: 409,
  TREE_TOO_DEEP: 409,
  TARGET_FAILED: 500,
  WRITE_FAILED: 500,
  // Warnings
  DUPLICATE_UID: 200,
  FIELD_UNKNOWN: 200,
  FIELD_NOT_WRITABLE: 200,
  PARENT_NOT_FOUND: 200,
  DEPARTMENT_NOT_FOUND: 200,
  SEVERAL_MAIN_DEPARTMENTS: 200,
  USER_KEPT: 200,
  REMOVALS_POSTPONED: 200,
} as const;

/** The stable name of something that went wrong. */
export type ErrorCode = keyof typeof errorStatus;

/** What a message speaks of: the values behind the `{{name}}` placeholders of its text. */
export type MessageParams = Readonly<Record<string, string | number>>;
