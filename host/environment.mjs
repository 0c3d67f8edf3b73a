import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';

/**
 * @typedef {object} Settings
 * @property {string} host the address to listen on
 * @property {number} port
 * @property {string} url what to type into a browser on this machine
 * @property {string} storagePath absolute; everything that the server keeps
 * @property {boolean} demo whether the demo company is put in
 */

/**
 * NocoBase is configured by environment variables. What is set stays, what is missing gets the value
 * that suits a server for trying out.
 *
 * @param {string} root the repository
 * @param {NodeJS.ProcessEnv} env
 * @returns {Settings}
 */
export function prepareEnvironment(root, env) {
  const port = Number(env.APP_PORT || 13000);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new Error(`APP_PORT is "${env.APP_PORT}" but must be a number from 1 to 65535.`);
  }
  const storagePath = resolve(env.STORAGE_PATH || join(root, 'storage'));
  const modules = join(root, 'node_modules');
  if (!relative(modules, storagePath).startsWith('..')) {
    throw new Error(`STORAGE_PATH is inside node_modules, which the server shows to browsers: ${storagePath}`);
  }
  // It holds the database, the keys and the logs: nobody else on this machine needs to read them.
  mkdirSync(storagePath, { recursive: true, mode: 0o700 });
  env.STORAGE_PATH = storagePath;

  fill(env, {
    APP_ENV: 'production',
    // NocoBase itself listens on every address. This account and password are known to everybody.
    APP_HOST: '127.0.0.1',
    APP_PORT: String(port),
    DB_DIALECT: 'sqlite',
    DB_STORAGE: join(storagePath, 'db', 'nocobase.sqlite'),
    DB_UNDERSCORED: 'false',
    // The console is for the address and the account; every message is in <STORAGE_PATH>/logs.
    LOGGER_TRANSPORT: 'dailyRotateFile',
    NODE_MODULES_PATH: modules,
    APP_PACKAGE_ROOT: join(modules, '@nocobase', 'app'),
    PLUGIN_STORAGE_PATH: join(storagePath, 'plugins'),
    SOCKET_PATH: socketPath(storagePath),
    API_BASE_PATH: '/api/',
    APP_PUBLIC_PATH: '/',
    WS_PATH: '/ws',
    PLUGIN_STATICS_PATH: '/static/plugins/',
    API_CLIENT_STORAGE_PREFIX: 'NOCOBASE_',
    API_CLIENT_STORAGE_TYPE: 'localStorage',
  });
  env.APP_KEY ||= keptKey(join(storagePath, '.app-key'));
  // May be empty but has to exist.
  env.CDN_BASE_URL ??= '';
  if (env.DB_DIALECT === 'sqlite' && env.DB_STORAGE !== ':memory:') {
    mkdirSync(dirname(resolve(env.DB_STORAGE)), { recursive: true });
  }

  const host = env.APP_HOST;
  return { host, port, url: `http://${reachable(host)}:${port}`, storagePath, demo: env.HOST_DEMO !== 'false' };
}

/** A variable that is set to nothing counts as missing, as it does for NocoBase. */
function fill(env, defaults) {
  for (const [name, value] of Object.entries(defaults)) env[name] ||= value;
}

/** Signs the sessions and API keys. Made once, so that they survive a restart; never a constant. */
function keptKey(file) {
  try {
    writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  return readFileSync(file, 'utf8').trim();
}

/** The command line of NocoBase talks to the server over a socket, whose path may have 107 bytes. */
function socketPath(storagePath) {
  const path = join(storagePath, 'gateway.sock');
  if (Buffer.byteLength(path) <= 100 || sep === '\\') return path;
  return join(tmpdir(), `nocobase-${createHash('sha256').update(storagePath).digest('hex').slice(0, 12)}.sock`);
}

/** One cannot browse to "every address" or to a bare IPv6 address. */
function reachable(host) {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
