import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Sequelize } from 'sequelize';

/** Options of a database that is new, and how to be rid of it. */
export interface TestDatabase {
  readonly options: Record<string, unknown>;
  drop(): Promise<void>;
}

export type Dialect = 'sqlite' | 'postgres' | 'mysql' | 'mariadb';

/** The database that the tests run on. */
export const testDialect = (process.env.TEST_DB ?? 'sqlite') as Dialect;

/** Servers on 127.0.0.1, by dialect. The last two may be the same server, spoken to by different drivers. */
const SERVERS: Readonly<Partial<Record<Dialect, () => Server>>> = {
  postgres: () => ({
    username: process.env.PGUSER ?? 'postgres',
    password: process.env.PGPASSWORD,
    database: 'postgres',
    dropping: 'WITH (FORCE)',
  }),
  mysql: mysqlServer,
  mariadb: mysqlServer,
};

interface Server {
  readonly username: string;
  readonly password: string | undefined;
  /** A database that is always there, where it takes one to connect. */
  readonly database?: string;
  /** Said after `DROP DATABASE` and its name. */
  readonly dropping?: string;
}

function mysqlServer(): Server {
  return { username: process.env.MYSQL_USER ?? 'root', password: process.env.MYSQL_PWD ?? '' };
}

/** A new database: SQLite in a file of the test's own storage folder, or one on a server, by default what `TEST_DB` names. */
export async function createDatabase(dialect = testDialect): Promise<TestDatabase> {
  const name = `user_data_sync_${randomBytes(6).toString('hex')}`;
  if (dialect === 'sqlite') {
    const storage = path.join(process.env.STORAGE_PATH as string, `${name}.sqlite`);
    return { options: { dialect: 'sqlite', storage }, drop: async () => {} };
  }
  const known = SERVERS[dialect];
  if (!known) throw new Error(`TEST_DB is ${String(dialect)}; it can be postgres, mysql or mariadb.`);
  const { dropping = '', database, ...account } = known();
  const server = { dialect, host: '127.0.0.1', logging: false as const, ...account };
  const onServer = async (sql: string) => {
    const connection = new Sequelize({ ...server, database });
    await connection.query(sql).finally(() => connection.close());
  };
  await onServer(`CREATE DATABASE ${name}`);
  return {
    options: { ...server, database: name },
    drop: () => onServer(`DROP DATABASE IF EXISTS ${name} ${dropping}`),
  };
}
