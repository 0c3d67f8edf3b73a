import { Plugin } from '@nocobase/client-v2';
import { answerToAllNames } from '../client/answer-to-all-names';
import { endSessions, markUserLists } from '../client/disabled-users';
import { createPageHost, NAMESPACE, PAGE_PERMISSION } from '../client/page-host';
import {
  SourceTypeRegistry,
  type SourceAdminSettingsFormLoader,
  type SourceAdminSettingsFormProps,
  type SourceOptions,
} from '../client/page/source-type-registry';
import { SyncPage } from '../client/page/SyncPage';

export type { SourceAdminSettingsFormLoader, SourceAdminSettingsFormProps, SourceOptions };

/** The plugin in the modern client. */
export class PluginUserDataSyncClientV2 extends Plugin {
  readonly sourceTypes = new SourceTypeRegistry();

  override async afterAdd(): Promise<void> {
    answerToAllNames(this, this.app);
  }

  override async load(): Promise<void> {
    this.registerType('file', {
      components: { AdminSettingsFormLoader: () => import('../client/forms/file-source/FileSourceForm') },
    });
    const { app, sourceTypes } = this;
    app.flowEngine?.context.defineProperty('userDataSyncSourceTypes', { get: () => sourceTypes });
    const t = (key: string) => app.i18n.t(key, { ns: NAMESPACE });
    const Page = () => <SyncPage host={createPageHost(app, sourceTypes, app.getRouteUrl('/'))} />;
    // The menu is the users plugin's; adding it again is what makes a tab of it possible, whichever loads first.
    app.pluginSettingsManager.addMenuItem({
      key: 'users-permissions',
      title: app.i18n.t('Users & Permissions', { ns: ['@nocobase/plugin-users', 'client'] }),
      icon: 'TeamOutlined',
    });
    app.pluginSettingsManager.addPageTabItem({
      menuKey: 'users-permissions',
      key: 'sync',
      title: t('Synchronize'),
      icon: 'SyncOutlined',
      sort: 99,
      aclSnippet: PAGE_PERMISSION,
      componentLoader: async () => ({ default: Page }),
    });
    endSessions(app);
    markUserLists(
      app,
      () => t('user.disabled'),
      (key, content) => app.pluginSettingsManager.addPageTabItem({ menuKey: 'users-permissions', key, ...content }),
    );
  }

  /** For other plugins: brings the form of a source type. */
  registerType(type: string, options: SourceOptions): void {
    this.sourceTypes.register(type, options);
  }
}

export default PluginUserDataSyncClientV2;
