import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Sequelize } from 'sequelize';
import { createDatabase, type Dialect, type TestDatabase } from '../databases';
import { ServerProcess } from './server-process';

/** The name of the source, and what it may remove: everybody. */
const SOURCE = 'company';
const NO_LIMIT = { count: 1_000_000, percent: 100 };
const RULES = {
  removal: { users: 'delete', departments: 'delete' },
  limits: { users: NO_LIMIT, departments: NO_LIMIT, adopted: NO_LIMIT },
};

/** What a source reads. */
interface Files {
  readonly departments: readonly object[];
  readonly people: readonly object[];
}

/** A run as its row says it. */
export interface Task {
  readonly id: number;
  readonly sourceId: number;
  readonly status: string;
  readonly code: string | null;
}

/** A database with a source of files, on which server processes are started. */
export class Installation {
  private constructor(
    private readonly database: TestDatabase,
    private readonly token: string,
  ) {}

  /** Installs the server on a new database, with people who are there before the source, and gives its first process. */
  static async make(
    dialect: Dialect,
    before: readonly { readonly username: string }[] = [],
  ): Promise<{ installation: Installation; server: ServerProcess }> {
    const [database, server] = await Promise.all([createDatabase(dialect), ServerProcess.load()]);
    await server.start(optionsOf(database), { isNew: true });
    const token = await server.signIn();
    const options = {
      mode: 'full',
      matchKey: 'username',
      departments: { path: 'departments.json' },
      users: { path: 'people.json' },
    };
    const source = { name: SOURCE, sourceType: 'file', enabled: true, options, rules: RULES };
    const { status, body } = await server.post('userDataSyncSources:create', source, token);
    if (status !== 200) throw new Error(JSON.stringify(body));
    for (const person of before) await server.post('users:create', person, token);
    return { installation: new Installation(database, token), server };
  }

  async start(server: ServerProcess): Promise<void> {
    await server.start(optionsOf(this.database));
  }

  /** From now on the source delivers this. */
  deliver({ departments, people }: Files): void {
    const folder = path.join(process.env.STORAGE_PATH as string, 'user-data-sync');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'departments.json'), JSON.stringify(departments));
    writeFileSync(path.join(folder, 'people.json'), JSON.stringify(people));
  }

  /** Asks a server for a run of the source, or for another attempt of a task, and gives back what it answers at once. */
  async pull(server: ServerProcess, task?: Task): Promise<{ status: number; code?: string }> {
    const [action, request] = task
      ? (['retry', { sourceId: task.sourceId, id: task.id }] as const)
      : (['pull', { name: SOURCE }] as const);
    const { status, body } = await server.post<{ errors?: { code: string }[] }>(
      `userData:${action}`,
      request,
      this.token,
    );
    return { status, code: body.errors?.[0].code };
  }

  /** Runs the source, or another attempt of a task, to its end. */
  async run(server: ServerProcess, task?: Task): Promise<void> {
    const { status, code } = await this.pull(server, task);
    if (status !== 200) throw new Error(`The run was refused: ${code}`);
    await server.whenIdle();
    const [last] = await server.rows<Task>('userDataSyncTasks', { order: [['id', 'DESC']], limit: 1 });
    if (last.status !== 'success') throw new Error(`The run ended as ${last.status} (${last.code})`);
  }

  /** Lets the time pass after which the run of a process that is dead is given up. */
  async outdateRuns(): Promise<void> {
    const connection = new Sequelize(optionsOf(this.database));
    const heartbeatAt = new Date(Date.now() - 31_000);
    const quoted = (name: string) => connection.getQueryInterface().quoteIdentifier(name, true);
    const [tasks, beat, status] = ['userDataSyncTasks', 'heartbeatAt', 'status'].map(quoted);
    await connection
      .query(`UPDATE ${tasks} SET ${beat} = :heartbeatAt WHERE ${status} IN ('init', 'processing')`, {
        replacements: { heartbeatAt },
      })
      .finally(() => connection.close());
  }

  async drop(): Promise<void> {
    await this.database.drop();
  }
}

const optionsOf = ({ options }: TestDatabase) => ({ ...options, logging: false });
