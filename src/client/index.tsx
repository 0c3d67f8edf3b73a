import { Plugin } from '@nocobase/client';
import { SourceTypeRegistry, type SourceOptions } from './source-type-registry';

export type { SourceOptions };

/** The plugin in the legacy client. */
export class PluginUserDataSyncClient extends Plugin {
  readonly sourceTypes = new SourceTypeRegistry();

  /** For other plugins: brings the form of a source type. */
  registerType(type: string, options: SourceOptions): void {
    this.sourceTypes.register(type, options);
  }
}

export default PluginUserDataSyncClient;
