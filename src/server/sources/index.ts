export { ApiSource } from './api-source';
export { FileSource, validateFileOptions } from './file';
export { unlinkOnDestroy } from './unlink-on-destroy';
export { sealOnSave } from './seal-on-save';
export { parseRules, readStoredRules } from './parse-rules';
export { publicOptions, sealedPath, sealOptions } from './option-secrets';
export { newBatchName, type EndTaskParams } from './own-tasks';
export { SyncSourceModel, type SourceOptions, type SyncTaskModel } from './source-model';
export { requireNewSourceName } from './new-source-name';
export { isSourceName } from './source-name';
export type { HttpPusher, Pusher } from './push-access';
export { SourceRepository, type TestedSource } from './source-repository';
export { SyncSourceManager, type SourceType } from './source-registry';
export {
  SyncSource,
  type PulledData,
  type PullRequest,
  type SyncSourceConfig,
  type SyncSourceExtend,
} from './sync-source';
