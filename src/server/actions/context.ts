import type { Database } from '@nocobase/database';

/** What the actions use of a request; the host's own context is much larger and mostly untyped. */
export interface ActionContext {
  readonly method: string;
  readonly path: string;
  readonly db: Database;
  readonly state: { readonly currentUser?: { readonly id?: number | string; readonly isDisabled?: unknown } };
  readonly action: {
    readonly resourceName: string;
    readonly actionName: string;
    /** The query, and the body as `values`. What stands here after the action is what the host's request log shows. */
    params: Record<string, unknown>;
  };
  readonly log: { error(message: string, meta?: Record<string, unknown>): void };
  readonly app: { readonly name: string };
  withoutDataWrapping?: boolean;
  set(header: string, value: string): void;
  status: number;
  body: unknown;
  /** Whether the request has a body of one of these types; `null` without a body. */
  is(...types: string[]): string | false | null;
  t(key: string, options: Record<string, unknown>): string;
}

export type Next = () => Promise<unknown>;
