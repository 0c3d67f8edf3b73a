export { describeSource, type SourceContract, type TestRunner } from './describe-source';
export type { AnySource, AnySourceClass, AskedOfSource } from './source-under-test';
/*
 * What a source type imports from `@nocobase/plugin-user-data-sync` or from this plugin. With this module in the place of
 * either, it is tested where no NocoBase is installed.
 */
export { ErrorCodes, ExternalAPIError, SyncError, type ErrorCode } from '../server/errors';
export { SyncSource, type PulledData, type PullRequest, type SyncSourceConfig } from '../server/sources/sync-source';
export type { UserData } from '../server/model/records';
export type { SyncDataType } from '../common/records';
