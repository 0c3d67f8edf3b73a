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
  /** In the modern client: what pages and forms find in their context. */
  flowEngine?: { context: { defineProperty(name: string, options: { get: () => unknown }): void } };
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
  import type { ComponentType, PropsWithChildren } from 'react';

  export class Plugin {
    app: HostApplication;
    afterAdd(): Promise<void>;
    load(): Promise<void>;
  }

  /** What opened a form: whether it is open, and how to close it. */
  export const ActionContextProvider: ComponentType<
    PropsWithChildren<{ value: { visible: boolean; setVisible: (visible: boolean) => void } }>
  >;
  export const FormProvider: ComponentType<PropsWithChildren<{ form: import('@formily/core').Form }>>;
  export const RecordProvider: ComponentType<PropsWithChildren<{ record: object }>>;
}

declare module '@nocobase/client-v2' {
  export class Plugin {
    app: HostApplication;
    afterAdd(): Promise<void>;
    load(): Promise<void>;
  }
}

declare module '@formily/react' {
  /** Its children are drawn as fields of the object. */
  export const ObjectField: import('react').ComponentType<{ name: string; children: () => import('react').ReactNode }>;
}

declare module '@formily/antd-v5' {
  export const FormLayout: import('react').ComponentType<
    import('react').PropsWithChildren<{ layout: 'vertical'; colon: boolean }>
  >;
}
