/**
 * Proves that the packed plugin works in a NocoBase that has never seen this repository: packs it, adds
 * the tarball through NocoBase's own plugin manager (`pm add`), enables it, asks it something.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareEnvironment } from './environment.mjs';
import { npm } from './npm.mjs';
import { linkModules } from './stock-modules.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const plugin = '@nocobase/plugin-user-data-sync';
const work = mkdtempSync(join(tmpdir(), 'pack-check-'));
let server;

try {
  await main();
  console.log('The tarball works in a NocoBase that got the plugin from nowhere else.');
} catch (error) {
  console.error(`The packed plugin does not work: ${error.message}`);
  process.exitCode = 1;
} finally {
  server?.kill('SIGKILL');
  rmSync(work, { recursive: true, force: true, maxRetries: 5 });
}

async function main() {
  const tarball = pack();
  const nocobase = await stockHost();

  execFileSync(process.execPath, [...nocobase.command, 'pm', 'add', tarball], nocobase.options);
  if (!existsSync(join(work, 'storage/plugins', plugin, 'package.json')))
    throw new Error('`pm add` did not unpack it.');

  // With a plugin waiting to be upgraded, `start` no longer installs an empty database by itself.
  execFileSync(process.execPath, [...nocobase.command, 'install'], nocobase.options);

  server = spawn(process.execPath, [...nocobase.command, 'start', '--quickstart'], nocobase.options);
  await eventually('the server starts', () => get('/app:getInfo'));
  const token = await signIn();
  if (await get('/userData:listSyncTypes', token)) throw new Error('it answers before it is enabled.');

  await request('/pm:enable?filterByTk=user-data-sync', token, {});
  const types = await eventually('it answers after `pm enable`', () => get('/userData:listSyncTypes', token));
  console.log(`Source types: ${JSON.stringify(types)}`);

  const { version, isCompatible } = await get('/pm:get?filterByTk=user-data-sync', token);
  if (!isCompatible) throw new Error('NocoBase calls it incompatible: see dist/externalVersion.js.');
  console.log(`Version ${version}, compatible.`);
  for (const list of ['/pm:listEnabled', '/pm:listEnabledV2']) await checkClient(list, token);

  /** Both clients fetch the bundle from the address that the plugin manager names. */
  async function checkClient(list, token) {
    const entry = (await get(list, token)).find((one) => one.packageName === plugin);
    const answer = entry && (await fetch(nocobase.url + entry.url));
    if (!answer?.headers.get('content-type')?.includes('javascript')) throw new Error(`${list} has no client bundle.`);
  }

  async function signIn() {
    const account = { account: 'admin@nocobase.com', password: 'admin123' };
    return (await (await request('/auth:signIn', undefined, account)).json()).data.token;
  }

  /** @returns {Promise<any>} the answer's data, or undefined when there is none (yet) */
  async function get(path, token) {
    const answer = await request(path, token).catch(() => undefined);
    return answer?.ok ? (await answer.json()).data : undefined;
  }

  function request(path, token, body) {
    const headers = { 'Content-Type': 'application/json', 'X-Authenticator': 'basic' };
    if (token) headers.Authorization = `Bearer ${token}`;
    return fetch(
      `${nocobase.url}/api${path}`,
      body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers },
    );
  }
}

function pack() {
  const [command, ...args] = npm('pack', '--pack-destination', work);
  execFileSync(command, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  return join(
    work,
    readdirSync(work).find((file) => file.endsWith('.tgz')),
  );
}

/** How to run the NocoBase command line of a host that has everything but the plugin. */
async function stockHost() {
  linkModules(join(root, 'node_modules'), join(work, 'node_modules'), plugin);
  mkdirSync(join(work, 'storage'));
  const { PATH, HOME, TMPDIR } = process.env;
  const env = { PATH, HOME, TMPDIR, APP_PORT: String(await freePort()), STORAGE_PATH: join(work, 'storage') };
  const verbose = process.argv.includes('--verbose');
  if (verbose) env.LOGGER_TRANSPORT = 'console';
  const { url } = prepareEnvironment(work, env);
  return {
    url,
    // Links are not resolved, so that whatever is required is looked for in the linked folder.
    command: ['--preserve-symlinks', '--preserve-symlinks-main', join(work, 'node_modules/@nocobase/app/lib/index.js')],
    options: { cwd: work, env, stdio: verbose ? 'inherit' : 'ignore' },
  };
}

async function eventually(what, attempt) {
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
