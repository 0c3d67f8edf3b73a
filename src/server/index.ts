export { default, PluginUserDataSyncServer } from './plugin';
export { ErrorCodes, ExternalAPIError, SyncError, type ErrorCode } from './errors';
export type { Claim, LinkStore, NewLink } from './links';
export {
  StalePlan,
  type Applied,
  type Commit,
  type RunContext,
  type SyncTarget,
  type TargetChunk,
  type TargetPlan,
} from './pipeline/contracts';
export type { Link, LinksByUid } from './model/link';
export type { PrimaryKey } from './model/primary-key';
export type { Outcome } from './model/outcome';
export type { TrackedRecord } from './model/tracked-record';
export type { Preview } from './pipeline/preview-state';
export type { SyncResult } from './pipeline/report';
export type { SyncDataType } from '../common/records';
export type {
  DepartmentRecord,
  FormatDepartment,
  FormatUser,
  FormatUserDepartment,
  Membership,
  SyncAccept,
  SyncRecord,
  UserData,
  UserDataRecord,
  UserRecord,
  Warning,
} from './model/records';
export {
  SyncSource,
  type EndTaskParams,
  type PulledData,
  type PullRequest,
  type SourceType,
  type SyncSourceConfig,
  type SyncSourceExtend,
  type SyncSourceModel,
  type SyncTaskModel,
} from './sources';
export type { RunRequest } from './model/run-request';
export type { ProtectionRules, RemovalPolicy } from '../common/rules';
export type { RemovalCheck, RemovalQuestion } from './targets/shared/removal-checks';
export { UserDataResource, type OriginRecord, type RecordResourceChanged } from './targets';
export { UserDataResourceManager } from './service/user-data-resource-manager';
