import { Migration } from '@nocobase/server';
import type { PluginUserDataSyncServer } from '../plugin';
import { sealStoredSecrets } from '../takeover/seal-stored-secrets';

/** Runs when all plugins are loaded, because source types say which of their options are secret. */
export default class SealStoredSecrets extends Migration {
  override on = 'afterLoad';

  override async up(): Promise<void> {
    const { sourceManager } = this.plugin as PluginUserDataSyncServer;
    await sealStoredSecrets(this.db, (type) => sourceManager.secretsOf(type), this.app.aesEncryptor);
  }
}
