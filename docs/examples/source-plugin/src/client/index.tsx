import { Plugin } from '@nocobase/client';

export default class PluginMyHrSourceClient extends Plugin {
  override async load() {
    this.app.pm.get('user-data-sync').registerType('my-hr', {
      components: { AdminSettingsFormLoader: () => import('./HrSettingsForm') },
    });
  }
}
