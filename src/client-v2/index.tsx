import { Plugin } from '@nocobase/client-v2';
import { SourceTypeRegistry, type SourceOptions } from '../client/source-type-registry';

export type { SourceOptions };

/** The plugin in the modern client. */
export class PluginUserDataSyncClientV2 extends Plugin {
  readonly sourceTypes = new SourceTypeRegistry();

  /** For other plugins: brings the form of a source type. */
  registerType(type: string, options: SourceOptions): void {
    this.sourceTypes.register(type, options);
  }
}

export default PluginUserDataSyncClientV2;
