import { Plugin } from '@nocobase/client';
import { answerToAllNames } from './answer-to-all-names';
import { endSessions, markUserLists } from './disabled-users';
import { FormilySurroundings } from './forms/FormilySurroundings';
import { createPageHost, NAMESPACE, PAGE_PERMISSION } from './page-host';
import {
  SourceTypeRegistry,
  type SourceAdminSettingsFormLoader,
  type SourceAdminSettingsFormProps,
  type SourceOptions,
} from './page/source-type-registry';
import { SyncPage } from './page/SyncPage';

export type { SourceAdminSettingsFormLoader, SourceAdminSettingsFormProps, SourceOptions };

/** The plugin in the legacy client. */
export class PluginUserDataSyncClient extends Plugin {
  readonly sourceTypes = new SourceTypeRegistry();

  override async afterAdd(): Promise<void> {
    answerToAllNames(this, this.app);
  }

  override async load(): Promise<void> {
    this.registerType('file', {
      components: { AdminSettingsFormLoader: () => import('./forms/file-source/FileSourceForm') },
    });
    const { app, sourceTypes } = this;
    const t = (key: string) => app.i18n.t(key, { ns: NAMESPACE });
    const Page = () => <SyncPage host={createPageHost(app, sourceTypes, app.getRouteUrl('/'), FormilySurroundings)} />;
    app.pluginSettingsManager.add('users-permissions.sync', {
      title: `{{t("Synchronize", { ns: "${NAMESPACE}" })}}`,
      icon: 'SyncOutlined',
      Component: Page,
      sort: 99,
      aclSnippet: PAGE_PERMISSION,
    });
    endSessions(app);
    markUserLists(
      app,
      () => t('user.disabled'),
      (page, content) => app.pluginSettingsManager.add(`users-permissions.${page}`, content),
    );
  }

  /** For other plugins: brings the form of a source type. */
  registerType(type: string, options: SourceOptions): void {
    this.sourceTypes.register(type, options);
  }
}

export default PluginUserDataSyncClient;
