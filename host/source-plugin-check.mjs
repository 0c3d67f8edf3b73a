/** Proves that the plugin of `docs/packaging.md` works: built and packed by its own scripts, and installed beside ours. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { npm } from './npm.mjs';
import { useForms } from './source-plugin-page.mjs';
import { eventually } from './stock-host.mjs';

const name = 'nocobase-plugin-my-hr-source';
const type = 'my-hr';
const token = 'let-me-in';
const people = [{ number: 7, name: 'Maria', mail: 'maria@example.com' }];

/**
 * @param {string} shipped the plugin's sources
 * @param {string} root the repository, where the packages that it needs are installed
 * @param {string} work where it may write
 * @returns {Promise<string>} the plugin's tarball
 */
export async function packSourcePlugin(shipped, root, work) {
  const folder = join(work, 'source-plugin');
  cpSync(shipped, folder, { recursive: true });
  // In the place of `npm install`.
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const [command, ...args] = npm('pack', '--silent');
  // What went wrong is in the output. Waiting without blocking lets go of connections that the host closes meanwhile.
  await promisify(execFile)(command, args, { cwd: folder }).catch((error) => {
    throw new Error(`the source plugin cannot be packed:\n${error.stdout}${error.stderr}`);
  });
  return join(
    folder,
    readdirSync(folder).find((file) => file.endsWith('.tgz')),
  );
}

/**
 * Uploads and enables the plugin, runs a source of its type, and adds some on the page.
 *
 * @param {import('./stock-host.mjs').StockHost} host where our plugin is in its place
 * @param {string} tarball
 */
export async function installSourcePlugin(host, tarball) {
  await host.upload('/pm:add', tarball);
  const info = await eventually('the source plugin is known', () => host.get(`/pm:get?filterByTk=${name}`));
  if (!info.isCompatible) throw new Error('NocoBase calls the source plugin incompatible.');
  // The answer comes when NocoBase has started anew.
  await host.post(`/pm:enable?filterByTk=${name}&awaitResponse=true`);
  await findSourceType(host);
  await checkBundles(host);
  await pull(host);
  await useForms(host);
}

/** @param {import('./stock-host.mjs').StockHost} host */
export async function findSourceType(host) {
  await eventually('the type of the source plugin is listed', async () => {
    const types = await host.get('/userData:listSyncTypes');
    return types?.some((one) => one.name === type) || undefined;
  });
}

async function checkBundles(host) {
  for (const [list, id] of [
    ['/pm:listEnabled', name],
    ['/pm:listEnabledV2', `${name}/client-v2`],
  ]) {
    const { url } = (await host.get(list)).find(({ packageName }) => packageName === name);
    const bundle = await (await fetch(host.url + url)).text();
    if (!bundle.startsWith(`define("${id}"`)) throw new Error(`${url} does not define ${id}.`);
  }
}

async function pull(host) {
  const hr = createServer(({ headers, url }, response) => {
    response.statusCode = headers.authorization !== `Bearer ${token}` ? 401 : url === '/people' ? 200 : 404;
    response.end(JSON.stringify(people));
  }).listen(0, '127.0.0.1');
  await once(hr, 'listening');
  try {
    const options = { url: `http://127.0.0.1:${hr.address().port}`, token };
    await host.post('/userDataSyncSources:create', { name: 'my-hr', sourceType: type, enabled: true, options });
    const { taskId } = await host.post('/userData:pull', { name: 'my-hr' });
    const task = await eventually('the source has run', async () => {
      const found = await host.get(`/userDataSyncTasks:get?filterByTk=${taskId}`);
      return ['init', 'processing'].includes(found?.status) ? undefined : found;
    });
    if (task.status !== 'success') throw new Error(`the source plugin's task is ${task.status}: ${task.message}`);
    const [user] = await host.get(`/users:list?filter[email]=${people[0].mail}`);
    if (user?.nickname !== people[0].name) throw new Error(`the source plugin brought ${JSON.stringify(user)}.`);
  } finally {
    hr.close();
  }
}
