/**
 * The part of the host's clients that this plugin uses. The real packages cannot be installed without everything that
 * they bundle; at run time the host provides them.
 */
interface HostApiClient {
  request(config: object): Promise<{ data: unknown }>;
  axios: { defaults: { baseURL?: string }; interceptors: { response: HostInterceptors } };
  auth: {
    readonly token?: string | null;
    setToken(token: string | null): void;
    setRole(role: string | null): void;
    setAuthenticator(authenticator: string | null): void;
  };
  notification?: { error(options: object): void; destroy(key: string): void };
}

interface HostInterceptors {
  use(onAnswer?: (answer: unknown) => unknown, onError?: (error: unknown) => unknown): void;
  /** In the order in which they see an answer. Axios does not document it; the host relies on it. */
  handlers?: unknown[];
}

interface HostEventBus {
  addEventListener(type: string, listener: (event: Event) => void): void;
  removeEventListener(type: string, listener: (event: Event) => void): void;
}

interface HostPage {
  Component?: import('react').ComponentType;
  componentLoader?: () => Promise<import('react').ComponentType | { default: import('react').ComponentType }>;
}

interface HostApplication {
  apiClient: HostApiClient;
  i18n: import('i18next').i18n;
  eventBus?: HostEventBus;
  /** The plugins of the client, by the names of plugins and packages. */
  pm?: { pluginsAliases?: Record<string, unknown> };
  getRouteUrl(path: string): string;
  router: {
    navigate(path: string, options: object): unknown;
    /** Whether a page can be seen without signing in. */
    isSkippedAuthCheckRoute(path: string): boolean;
  };
  pluginSettingsManager: {
    get(name: string, onlyAllowed: boolean): HostPage | null;
    add(name: string, options: object): void;
    addMenuItem(options: object): void;
    addPageTabItem(options: object): void;
  };
}

declare module '@nocobase/client' {
  export class Plugin {
    app: HostApplication;
    afterAdd(): Promise<void>;
    load(): Promise<void>;
  }
}

declare module '@nocobase/client-v2' {
  export class Plugin {
    app: HostApplication;
    afterAdd(): Promise<void>;
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
