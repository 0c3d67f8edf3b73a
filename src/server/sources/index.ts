export { API_SOURCE_NAME, API_SOURCE_TYPE, ApiSource } from './api-source';
export { FileSource, validateFileOptions } from './file';
export { letGoOnDestroy } from './let-go-on-destroy';
export { sealOnSave } from './seal-on-save';
export { parseRules, rulesOf } from './parse-rules';
export { publicOptions, sealedPath, sealOptions, type Encryptor } from './option-secrets';
export { newBatch, type EndTaskParams } from './own-tasks';
export { SyncSourceModel, type SourceOptions, type SyncTaskModel } from './source-model';
export { requireNewSourceName } from './new-source-name';
export { isSourceName } from './source-name';
export type { HttpPusher, Pusher } from './push-access';
export { SourceRepository, type TestedSource } from './source-repository';
export { SyncSourceManager, type SourceType } from './source-registry';
export {
  DEFAULT_RULES,
  type DepartmentRemoval,
  type ProtectionRules,
  type RemovalLimit,
  type RemovalLimits,
  type RemovalPolicy,
  type Scope,
  type ScopeCondition,
  type SourceRules,
  type UserRemoval,
} from './source-rules';
export { SyncSource, type PulledData, type SyncSourceConfig, type SyncSourceExtend } from './sync-source';
