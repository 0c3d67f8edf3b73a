import { Model } from '@nocobase/database';
import type { SealedOptions } from './option-secrets';

/** A configured source: a row of `userDataSyncSources`. */
export class SyncSourceModel extends Model {
  declare id: number | string;
  declare name: string;
  declare sourceType: string;
  declare enabled: boolean;
  /** As stored: secrets are encrypted. A source gets them decrypted, as its own `options`. */
  declare options: SealedOptions;
  /** As stored; `rulesOf` reads them. */
  declare rules: unknown;
}
