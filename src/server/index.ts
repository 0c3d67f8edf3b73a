export { default, PluginUserDataSyncServer } from './plugin';
export { ErrorCodes, ExternalAPIError, SyncError, type ErrorCode } from './errors';
export type { Claim, LinkStore, NewLink } from './links';
export type {
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
  FormatDepartment,
  FormatUser,
  FormatUserDepartment,
  SyncAccept,
  SyncDataType,
  UserData,
  UserDataRecord,
} from './records/types';
export { SyncSource, type PulledData, type SourceType, type SyncSourceConfig } from './sources';
export type { ProtectionRules, RemovalPolicy } from './sources';
export type { RemovalCheck, RemovalQuestion } from './targets/shared/removal-checks';
export { UserDataResource, type OriginRecord, type RecordResourceChanged } from './targets';
export { UserDataResourceManager } from './user-data-resource-manager';
