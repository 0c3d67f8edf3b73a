/**
 * The part of the host's clients that this plugin uses. The real packages cannot be installed without everything that
 * they bundle; at run time the host provides them.
 */
interface HostApiClient {
  request(config: object): Promise<{ data: unknown }>;
  axios: { defaults: { baseURL?: string } };
}

interface HostEventBus {
  addEventListener(type: string, listener: (event: Event) => void): void;
  removeEventListener(type: string, listener: (event: Event) => void): void;
}

interface HostApplication {
  apiClient: HostApiClient;
  i18n: import('i18next').i18n;
  eventBus?: HostEventBus;
  getRouteUrl(path: string): string;
  pluginSettingsManager: {
    add(name: string, options: object): void;
    addMenuItem(options: object): void;
    addPageTabItem(options: object): void;
  };
}

declare module '@nocobase/client' {
  export class Plugin {
    app: HostApplication;
    load(): Promise<void>;
  }
}

declare module '@nocobase/client-v2' {
  export class Plugin {
    app: HostApplication;
    load(): Promise<void>;
  }
}

declare module '@formily/core' {
  export interface Form {
    values: { options?: Record<string, unknown> };
  }
  export function createForm(props: object): Form;
  export function onFormValuesChange(effect: (form: Form) => void): void;
}

declare module '@formily/react' {
  export const FormProvider: import('react').ComponentType<
    import('react').PropsWithChildren<{ form: import('@formily/core').Form }>
  >;
}
