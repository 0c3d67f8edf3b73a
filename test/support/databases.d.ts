/** Options of a database that is new, and how to be rid of it. */
export interface TestDatabase {
    readonly options: Record<string, unknown>;
    drop(): Promise<void>;
}
/**
 * A new database: SQLite in a file of the test's own storage folder, or, with `TEST_DB=postgres`, a PostgreSQL database
 * on 127.0.0.1 (`PGUSER`, `PGPASSWORD`).
 */
export declare function createDatabase(): Promise<TestDatabase>;
