import { Model } from '@nocobase/database';

/** What an administrator configured for a source; the shape is the source type's own. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- sources written for the built-in plugin read it untyped
export type SourceOptions = Record<string, any>;

/** A run: a row of `userDataSyncTasks`, as sources of other plugins know it. */
export interface SyncTaskModel extends Model {
  id: number;
  batch: string;
  status: string;
  message: string | null;
  cost: number | null;
}

/** A configured source: a row of `userDataSyncSources`. */
export class SyncSourceModel extends Model {
  /** Some databases give it as text. */
  declare id: number;
  declare name: string;
  declare sourceType: string;
  declare enabled: boolean;
  /** As stored: secrets are encrypted. A source gets them decrypted, as its own `options`. */
  declare options: SourceOptions;
  /** As stored; `readStoredRules` reads them. */
  declare rules: unknown;
  declare createTask: (values: Record<string, unknown>) => Promise<SyncTaskModel>;
  declare getTasks: (options: { where: Record<string, unknown> }) => Promise<SyncTaskModel[]>;
}
