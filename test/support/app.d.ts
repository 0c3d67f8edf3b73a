import { Application } from '@nocobase/server';
import supertest from 'supertest';
import type { PluginUserDataSyncServer } from '../../src/server';
import { type TestDatabase } from './databases';
/** The plugins of the host that this plugin lives with. */
declare const HOST_PLUGINS: readonly ["error-handler", "field-sort", "data-source-main", "data-source-manager", "system-settings", "collection-tree", "ui-schema-storage", "auth", "user-data-sync", "users", "acl", "departments", "api-keys"];
type HostPlugin = (typeof HOST_PLUGINS)[number];
export interface TestAppOptions {
    /** Plugins that this host does without. */
    without?: readonly HostPlugin[];
    /** More plugins, as classes by name. */
    plugins?: Readonly<Record<string, unknown>>;
    /** A database that is there already; it is not dropped. */
    database?: TestDatabase;
}
/** A real NocoBase application on a real database. */
export declare class TestApp {
    readonly app: Application;
    private readonly database;
    private readonly ownsDatabase;
    private constructor();
    static start({ without, plugins, database }?: TestAppOptions): Promise<TestApp>;
    get db(): import("@nocobase/database").default;
    get plugin(): PluginUserDataSyncServer;
    /** A client without sign-in. */
    get http(): import("supertest/lib/agent")<supertest.SuperTestStatic.Test>;
    /** The root user's session token. */
    adminToken(): Promise<string>;
    /** An API key of a role that may only push, made as an administrator makes it. */
    pushKey(): Promise<string>;
    rows<T = Record<string, unknown>>(collection: string, options?: object): Promise<T[]>;
    stop(): Promise<void>;
}
export {};
