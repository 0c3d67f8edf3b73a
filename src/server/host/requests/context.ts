import type { Database } from '@nocobase/database';

/** The part of the host's access control that says what a role may do. */
export interface AccessControl {
  can(asked: { roles: string[]; resource: string; action: string }): unknown;
}

/** What the actions use of a request; the host's own context is much larger and mostly untyped. */
export interface ActionContext {
  readonly method: string;
  readonly path: string;
  /** A header of the request; empty when it has none. */
  get(header: string): string;
  /** The body as it was sent, as far as it is text. */
  readonly request?: { readonly rawBody?: string };
  readonly db: Database;
  readonly state: {
    readonly currentUser?: { readonly id?: number | string };
    readonly currentRole?: string;
    /** All roles that count, where somebody acts with several at once. */
    readonly currentRoles?: readonly string[];
  };
  readonly action: {
    readonly resourceName: string;
    readonly actionName: string;
    /** The id in the path of a relation: `3` of `userDataSyncTasks/3/source:get`. */
    sourceId?: unknown;
    /** The query, and the body as `values`. What stands here after the action is what the host's request log shows. */
    params: Record<string, unknown>;
  };
  readonly log: { error(message: string, meta?: Record<string, unknown>): void };
  readonly app: { readonly name: string; readonly acl: AccessControl };
  withoutDataWrapping?: boolean;
  set(header: string, value: string): void;
  status: number;
  body: unknown;
  /** Whether the request has a body of one of these types; `null` without a body. */
  is(...types: string[]): string | false | null;
  /** What the permissions of the request say about an action; `null` when they do not allow it. */
  can?(what: { readonly resource: string; readonly action: string; readonly rawResourceName: string }): object | null;
  t(key: string, options: Record<string, unknown>): string;
}

/** The roles with which a request is made: one, or a union of several. */
export function rolesOfRequest({ state: { currentRole, currentRoles } }: ActionContext): readonly string[] {
  return currentRoles ?? (currentRole === undefined ? [] : [currentRole]);
}

export type Next = () => Promise<unknown>;
