export { boundedParams } from './bounded-params';
export { errorStatus, type ErrorCode, type MessageParams } from './codes';
export { ErrorCodes, ExternalAPIError } from './external-api-error';
export { inEnglish, messageOf, type Translate } from './messages';
export { reasonOf, SyncError, toStoredError, toSyncError, type Rewrite, type StoredError } from './sync-error';
