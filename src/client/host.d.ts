/**
 * The part of the host's clients that this plugin uses. The real packages cannot be installed without everything that
 * they bundle; at run time the host provides them.
 */
declare module '@nocobase/client' {
  export class Plugin {
    load(): Promise<void>;
  }
}

declare module '@nocobase/client-v2' {
  export class Plugin {
    load(): Promise<void>;
  }
}
