import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Sequelize } from 'sequelize';

/** Options of a database that is new, and how to be rid of it. */
export interface TestDatabase {
  readonly options: Record<string, unknown>;
  drop(): Promise<void>;
}

/**
 * A new database: SQLite in a file of the test's own storage folder, or, with `TEST_DB=postgres`, a PostgreSQL database
 * on 127.0.0.1 (`PGUSER`, `PGPASSWORD`).
 */
export async function createDatabase(): Promise<TestDatabase> {
  const name = `user_data_sync_${randomBytes(6).toString('hex')}`;
  if (process.env.TEST_DB !== 'postgres') {
    const storage = path.join(process.env.STORAGE_PATH as string, `${name}.sqlite`);
    return { options: { dialect: 'sqlite', storage }, drop: async () => {} };
  }
  const server = {
    dialect: 'postgres' as const,
    host: '127.0.0.1',
    username: process.env.PGUSER ?? 'postgres',
    password: process.env.PGPASSWORD,
    logging: false as const,
  };
  const onServer = async (sql: string) => {
    const connection = new Sequelize({ ...server, database: 'postgres' });
    await connection.query(sql).finally(() => connection.close());
  };
  await onServer(`CREATE DATABASE ${name}`);
  return {
    options: { ...server, database: name },
    drop: () => onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}
