export { default, PluginUserDataSyncServer } from './plugin';
export { ErrorCodes, ExternalAPIError, SyncError, type ErrorCode } from './errors';
export type { Claim, LinkStore, NewLink } from './links';
export type {
  AfterApply,
  Link,
  PrimaryKey,
  Outcome,
  RunContext,
  SyncTarget,
  TargetChunk,
  TargetPlan,
  TrackedRecord,
} from './pipeline/contracts';
export type { Preview } from './pipeline/preview-state';
export type { SyncResult } from './pipeline/report';
export type {
  DepartmentRecord,
  FormatDepartment,
  FormatUser,
  FormatUserDepartment,
  Membership,
  SyncAccept,
  SyncDataType,
  SyncRecord,
  UserData,
  UserDataRecord,
  UserRecord,
  Warning,
} from './records/types';
export {
  SyncSource,
  type EndTaskParams,
  type PulledData,
  type SourceType,
  type SyncSourceConfig,
  type SyncSourceExtend,
  type SyncSourceModel,
  type SyncTaskModel,
} from './sources';
export type { ProtectionRules, RemovalPolicy } from './sources';
export type { RemovalCheck, RemovalQuestion } from './targets/shared/removal-checks';
export { UserDataResource, type OriginRecord, type RecordResourceChanged } from './targets';
export { UserDataResourceManager } from './user-data-resource-manager';
