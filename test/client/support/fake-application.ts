import type { ComponentType } from 'react';
import english from '../../../src/locale/en-US.json';
import { FakeServer } from './fake-server';

/** A page as either client keeps it. */
interface Page {
  readonly aclSnippet?: string;
  readonly Component?: ComponentType;
  readonly componentLoader?: () => Promise<ComponentType | { default: ComponentType }>;
}

interface Handler {
  readonly fulfilled?: (answer: unknown) => unknown;
  readonly rejected?: (error: unknown) => unknown;
}

/** As much of a client's application as the entries touch; both clients' ways to register a page end up in `pages`. */
export class FakeApplication {
  readonly pages = new Map<string, Page>();
  readonly eventBus = new EventTarget();
  readonly i18n = { language: 'en-US', t: (key: string) => (english as Record<string, string>)[key] ?? key };
  /** What the browser keeps of a session. */
  readonly session: Record<'token' | 'role' | 'authenticator', string | null> = {
    token: 'current',
    role: 'member',
    authenticator: 'basic',
  };
  /** The messages that are on the screen, by key. */
  readonly notices = new Map<string, { message: string; duration: number }>();
  /** Where the client went. */
  readonly visited: string[] = [];
  private readonly menus: string[] = [];
  private readonly handlers: Handler[] = [];

  constructor(private readonly server = new FakeServer()) {}

  readonly apiClient = {
    request: (config: object) => this.server.request(config as Parameters<FakeServer['request']>[0]),
    axios: {
      defaults: { baseURL: '/api/' },
      interceptors: {
        response: {
          handlers: this.handlers as unknown[],
          use: (fulfilled?: Handler['fulfilled'], rejected?: Handler['rejected']) =>
            this.handlers.push({ fulfilled, rejected }),
        },
      },
    },
    auth: this.auth(),
    notification: {
      error: ({ key, ...notice }: { key: string; message: string; duration: number }) => this.notices.set(key, notice),
      destroy: (key: string) => this.notices.delete(key),
    },
  };

  readonly router = {
    navigate: (path: string) => this.visited.push(path),
    isSkippedAuthCheckRoute: (path: string) => path === '/signin',
  };

  readonly pluginSettingsManager = {
    get: (name: string) => this.pages.get(name) ?? null,
    add: (name: string, page: Page) => this.pages.set(name, { ...this.pages.get(name), ...page }),
    addMenuItem: ({ key }: { key: string }) => this.menus.push(key),
    addPageTabItem: ({ menuKey, key, ...page }: Page & { menuKey: string; key: string }) => {
      if (!this.menus.includes(menuKey)) throw new Error(`There is no menu ${menuKey}`);
      const name = `${menuKey}.${key}`;
      this.pages.set(name, { ...this.pages.get(name), ...page });
    },
  };

  getRouteUrl(path: string): string {
    return path;
  }

  /** The component of a page, loaded as the router does it. */
  async load(name: string): Promise<ComponentType> {
    const { Component, componentLoader } = this.pages.get(name) ?? {};
    const loaded = componentLoader ? await componentLoader() : Component;
    if (!loaded) throw new Error(`There is no page ${name}`);
    return 'default' in loaded ? loaded.default : loaded;
  }

  /** Says that a plugin has loaded. */
  announce(plugin: string): void {
    this.eventBus.dispatchEvent(new Event(`plugin:${plugin}:loaded`));
  }

  /** An answer of the server on its way to who asked. */
  async receive(answer: object): Promise<unknown> {
    return this.pass(Promise.resolve(answer));
  }

  /** A refusal of the server on its way to who asked. */
  async refuse(error: Error): Promise<unknown> {
    return this.pass(Promise.reject(error));
  }

  private async pass(outcome: Promise<unknown>): Promise<unknown> {
    return this.handlers.reduce((passed, { fulfilled, rejected }) => passed.then(fulfilled, rejected), outcome);
  }

  private auth() {
    const { session, eventBus } = this;
    return {
      get token() {
        return session.token;
      },
      setToken: (token: string | null) => {
        session.token = token;
        eventBus.dispatchEvent(new CustomEvent('auth:tokenChanged', { detail: { token } }));
      },
      setRole: (role: string | null) => void (session.role = role),
      setAuthenticator: (authenticator: string | null) => void (session.authenticator = authenticator),
    };
  }
}
