import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

interface Answer {
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: string;
}

interface Asked {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A NocoBase server with this plugin in a process of its own, which can be killed at any moment. */
export class ServerProcess {
  private static readonly alive = new Set<ServerProcess>();
  private readonly asked = new Map<number, Asked>();
  private readonly exited: Promise<unknown>;
  private url = '';
  private count = 0;

  private constructor(private readonly child: ChildProcess) {
    ServerProcess.alive.add(this);
    this.exited = once(child, 'exit').then(() => {
      ServerProcess.alive.delete(this);
      for (const { reject } of this.asked.values()) reject(new Error('The server process has ended.'));
    });
    child.on('message', (message) => {
      if (message !== 'loaded') this.hear(message as Answer);
    });
  }

  /** A process that has loaded the server, and has not started it yet. */
  static async load(): Promise<ServerProcess> {
    // What a test sets is not in the environment of its process.
    const child = fork(path.join(__dirname, 'child.cjs'), { env: { ...process.env } });
    const server = new ServerProcess(child);
    await Promise.race([
      once(child, 'message'),
      server.exited.then(() => Promise.reject(new Error('The server process did not load.'))),
    ]);
    return server;
  }

  static async killAll(): Promise<void> {
    await Promise.all([...ServerProcess.alive].map((server) => server.kill()));
  }

  static killAllNow(): void {
    for (const { child } of ServerProcess.alive) child.kill('SIGKILL');
  }

  async start(database: Record<string, unknown>, { isNew = false } = {}): Promise<void> {
    this.url = await this.ask<string>('start', { database, isNew });
  }

  /** A request of an administrator, who has signed in here or on another server of the same database. */
  async post<T>(action: string, body: object, token?: string): Promise<{ status: number; body: T }> {
    const headers = {
      'Content-Type': 'application/json',
      'X-Authenticator': 'basic',
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    };
    const response = await fetch(`${this.url}/api/${action}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as T };
  }

  /** The root user's session token. */
  async signIn(): Promise<string> {
    const account = { account: 'admin@nocobase.com', password: 'admin123' };
    return (await this.post<{ data: { token: string } }>('auth:signIn', account)).body.data.token;
  }

  rows<T>(collection: string, options: object = {}): Promise<T[]> {
    return this.ask('rows', { collection, ...options });
  }

  /** Resolves when no run of this process goes on. */
  async whenIdle(): Promise<void> {
    await this.ask('whenIdle', {});
  }

  /** Ends the process at once, whatever it does. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  private ask<T>(what: string, options: object): Promise<T> {
    const id = (this.count += 1);
    return new Promise<T>((resolve, reject) => {
      this.asked.set(id, { resolve: (answer) => resolve(answer as T), reject });
      this.child.send({ id, what, options }, (error) => error && reject(error));
    });
  }

  private hear({ id, answer, error }: Answer): void {
    const asked = this.asked.get(id);
    this.asked.delete(id);
    if (error === undefined) asked?.resolve(answer);
    else asked?.reject(new Error(error));
  }
}

process.once('exit', () => ServerProcess.killAllNow());
