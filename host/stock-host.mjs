import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { prepareEnvironment } from './environment.mjs';
import { linkModules } from './stock-modules.mjs';

/** A NocoBase of its own in a folder: the packages that are installed here but for one, and an empty database. */
export class StockHost {
  /**
   * @param {string} root where the packages are installed
   * @param {string} folder where the host lives; made when it is missing
   * @param {string} plugin the package that it does without
   */
  static async create(root, folder, plugin) {
    linkModules(join(root, 'node_modules'), join(folder, 'node_modules'), plugin);
    mkdirSync(join(folder, 'storage'));
    const { PATH, HOME, TMPDIR } = process.env;
    const env = { PATH, HOME, TMPDIR, APP_PORT: String(await freePort()), STORAGE_PATH: join(folder, 'storage') };
    const verbose = process.argv.includes('--verbose');
    if (verbose) env.LOGGER_TRANSPORT = 'console';
    const { url } = prepareEnvironment(folder, env);
    return new StockHost(url, folder, { cwd: folder, env, stdio: verbose ? 'inherit' : 'ignore' });
  }

  constructor(url, folder, options) {
    this.url = url;
    this.folder = folder;
    this.options = options;
    // Links are not resolved, so that whatever is required is looked for in the linked folder.
    const entry = join(folder, 'node_modules/@nocobase/app/lib/index.js');
    this.command = ['--preserve-symlinks', '--preserve-symlinks-main', entry];
  }

  /** Runs NocoBase's command line. */
  run(...args) {
    execFileSync(process.execPath, [...this.command, ...args], this.options);
  }

  /** Starts the server and signs the administrator in. */
  async start() {
    this.server = spawn(process.execPath, [...this.command, 'start', '--quickstart'], this.options);
    await eventually('the server starts', () => this.get('/app:getInfo'));
    const account = { account: 'admin@nocobase.com', password: 'admin123' };
    this.token = (await (await this.request('/auth:signIn', account)).json()).data.token;
  }

  /** Stops the server as an administrator would. */
  async stop() {
    this.server.kill('SIGTERM');
    await once(this.server, 'exit');
    this.token = undefined;
  }

  /** Ends the server whatever it does. */
  kill() {
    this.server?.kill('SIGKILL');
  }

  /** @returns {Promise<any>} the answer's data, or undefined when there is none (yet) */
  async get(path) {
    const answer = await this.request(path).catch(() => undefined);
    return answer?.ok ? (await answer.json()).data : undefined;
  }

  /** @returns {Promise<any>} the answer's data */
  async post(path, body = {}) {
    const answer = await this.request(path, body);
    if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`);
    return (await answer.json()).data;
  }

  /** Sends a file as the plugin manager's page does. */
  async upload(path, file) {
    const body = new FormData();
    body.append('file', new Blob([readFileSync(file)]), basename(file));
    const answer = await fetch(`${this.url}/api${path}`, { method: 'POST', headers: this.headers, body });
    if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`);
  }

  request(path, body) {
    const headers = { ...this.headers, 'Content-Type': 'application/json' };
    return fetch(
      `${this.url}/api${path}`,
      body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers },
    );
  }

  get headers() {
    const headers = { 'X-Authenticator': 'basic' };
    return this.token ? { ...headers, Authorization: `Bearer ${this.token}` } : headers;
  }
}

/** Waits for something outside this process. */
export async function eventually(what, attempt) {
  for (const end = Date.now() + 60_000; Date.now() < end;) {
    const result = await attempt();
    if (result !== undefined) return result;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  throw new Error(`waited a minute in vain until ${what}. Run with --verbose to see the server's output.`);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
