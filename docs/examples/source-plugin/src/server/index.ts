import type PluginUserDataSyncServer from '@nocobase/plugin-user-data-sync';
import { Plugin } from '@nocobase/server';
import { HrSource } from './hr-source';

export default class PluginMyHrSource extends Plugin {
  override async load() {
    const sync = this.app.pm.get<PluginUserDataSyncServer>('user-data-sync');
    sync.sourceManager.registerType('my-hr', {
      syncSource: HrSource,
      title: '{{t("HR system", { ns: "nocobase-plugin-my-hr-source" })}}',
    });
  }
}
