import { Plugin } from '@nocobase/client-v2';

export default class PluginMyHrSourceClientV2 extends Plugin {
  override async load() {
    this.app.pm.get('user-data-sync').registerType('my-hr', {
      components: { AdminSettingsFormLoader: () => import('../client/HrSettingsForm') },
    });
  }
}
