/** The parts of NocoBase that this plugin uses. The real packages contain much more, and need some hundred megabytes. */
declare module '@nocobase/server' {
  export class Plugin {
    app: { pm: { get<T>(name: string): T } };
    load(): Promise<void>;
  }
}

declare module '@nocobase/client' {
  export interface UserDataSyncClient {
    registerType(
      name: string,
      options: {
        components: { AdminSettingsFormLoader: () => Promise<{ default: import('react').ComponentType }> };
      },
    ): void;
  }
  export class Plugin {
    app: { pm: { get(name: 'user-data-sync'): UserDataSyncClient } };
    load(): Promise<void>;
  }
}

declare module '@nocobase/client-v2' {
  export * from '@nocobase/client';
}
