/**
 * Proves that the packed plugin works in a stock NocoBase, which has the official plugin built in: uploaded as an
 * administrator does it, it takes that one's place, keeps it, and gives it back.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from './npm.mjs';
import { deadLinks } from './packed-links.mjs';
import { findSourceType, installSourcePlugin, packSourcePlugin } from './source-plugin-check.mjs';
import { eventually, StockHost } from './stock-host.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const plugin = 'nocobase-plugin-user-data-sync';
const builtIn = '@nocobase/plugin-user-data-sync';
const work = mkdtempSync(join(tmpdir(), 'pack-check-'));
const host = await StockHost.create(root, join(work, 'host'), plugin);

const departments = { dataType: 'department', sourceName: 'hr', records: [{ uid: 'it', title: 'IT' }] };
const ada = { uid: 'ada', username: 'ada', nickname: 'Ada', departments: ['it'] };
const users = { dataType: 'user', sourceName: 'hr', matchKey: 'username', records: [ada] };

try {
  const tarball = pack();
  await host.start();
  await add(tarball);
  await takePlace();
  await bringSourcePlugin();
  await keepPlace();
  await giveBack();
} catch (error) {
  console.error(`The packed plugin does not work: ${[error.message, error.cause?.message].filter(Boolean).join(': ')}`);
  process.exitCode = 1;
} finally {
  host.kill();
  rmSync(work, { recursive: true, force: true, maxRetries: 5 });
}

/** The built-in plugin has been at work when ours is uploaded. */
async function add(tarball) {
  await pushAll((data) => host.post('/userData:push', data));
  await host.upload('/pm:add', tarball);
  const info = await eventually('the uploaded plugin is known', () => host.get(`/pm:get?filterByTk=${plugin}`));
  const folder = join(host.folder, 'storage/plugins', plugin);
  assert(existsSync(join(folder, 'package.json')), 'the upload did not unpack it.');
  assert(info.isCompatible, 'NocoBase calls it incompatible: see dist/externalVersion.js.');
  assert(!info.enabled, 'it is enabled although nobody enabled it.');
  const { describeSource } = createRequire(import.meta.url)(join(folder, 'testing.js'));
  assert(typeof describeSource === 'function', 'its contract suite cannot be loaded.');
  const dead = deadLinks(folder);
  assert(dead.length === 0, `links of its pages lead to nothing in it: ${dead.join(', ')}.`);
  await checkClients(builtIn, 1);
  console.log(`Version ${info.version} is uploaded, and compatible.`);
}

async function takePlace() {
  await host.post(`/pm:enable?filterByTk=${plugin}`);
  await eventually('it answers after it was enabled', () => host.get('/userData:listChanges?search=ada'));
  await checkInPlace();
  const { taskId } = await host.post('/userData:push', { ...users, records: [{ uid: 'ada', isDeleted: true }] });
  assert(taskId, 'a push makes no task.');
  await host.post('/userData:push', users);
  console.log('Enabled, it is in the place of the built-in plugin, and goes on with the data that is there.');
}

/** A plugin that registers a source type, as `docs/packaging.md` shows it. */
async function bringSourcePlugin() {
  const shipped = join(host.folder, 'storage/plugins', plugin, 'docs/examples/source-plugin');
  await installSourcePlugin(host, await packSourcePlugin(shipped, root, work));
  console.log('The plugin of docs/packaging.md is installed beside it, and its sources bring people.');
}

/** Packages are installed anew, by an upgrade or in a new container: only the storage folder is as it was. */
async function keepPlace() {
  await host.stop();
  await host.start();
  await checkInPlace();
  await host.stop();
  rmSync(join(host.folder, 'node_modules', plugin));
  const folder = join(host.folder, 'node_modules', builtIn);
  const installed = realpathSync(folder);
  rmSync(folder);
  symlinkSync(installed, folder);
  host.run('upgrade');
  await host.start();
  await checkInPlace();
  await findSourceType(host);
  console.log('It is there after a restart, and after packages were installed anew and upgraded.');
}

async function giveBack() {
  await host.post(`/pm:disable?filterByTk=${plugin}`);
  await checkBuiltIn();
  await host.post(`/pm:enable?filterByTk=${plugin}`);
  await eventually('it is in place again', async () =>
    (await listed('/pm:listEnabled'))?.length === 2 ? true : undefined,
  );
  await checkInPlace();
  await host.post(`/pm:disable?filterByTk=${plugin}`);
  await checkBuiltIn();
  await host.post(`/pm:remove?filterByTk=${plugin}`);
  const folder = join(host.folder, 'storage/plugins', plugin);
  await eventually('it is removed', () => (existsSync(folder) ? undefined : true));
  await host.stop();
  await host.start();
  await checkBuiltIn();
  await findSourceType(host);
  console.log('Disabled or removed, it gives the place back.');
}

async function checkInPlace() {
  await checkClients(plugin, 2);
  await pushAll(async (data) => {
    const { result, status } = await host.post('/userData:push', data);
    for (const { resource, detail } of result) {
      const { all, unchanged } = detail.count;
      assert(unchanged === all, `${resource} has changes where nothing changed (${status}): ${JSON.stringify(detail)}`);
    }
  });
}

async function checkBuiltIn() {
  await eventually('the built-in plugin is back', async () => {
    const answer = await host.request('/userData:push', users).catch(() => undefined);
    if (!answer?.ok) return undefined;
    return (await answer.json()).data.taskId === undefined ? true : undefined;
  });
  await checkClients(builtIn, 1);
}

async function pushAll(push) {
  for (const data of [departments, users]) await push(data);
}

/** Both clients fetch this package's bundle, and no other that is called user-data-sync. */
async function checkClients(packageName, entries) {
  for (const [list, lane] of [
    ['/pm:listEnabled', 'client'],
    ['/pm:listEnabledV2', 'client-v2'],
  ]) {
    const found = await eventually(`${list} answers`, () => listed(list));
    const urls = [...new Set(found.map(({ url }) => url))];
    assert(found.length === entries && urls.length === 1, `${list} names ${JSON.stringify(found)}.`);
    assert(urls[0].includes(`/${packageName}/dist/${lane}/`), `${list} has the bundle ${urls[0]}.`);
    const bundle = await fetch(host.url + urls[0]);
    assert(bundle.headers.get('content-type')?.includes('javascript'), `${urls[0]} is no bundle.`);
  }
}

async function listed(list) {
  const plugins = await host.get(list);
  return plugins?.filter(({ packageName }) => packageName === plugin || packageName === builtIn);
}

function pack() {
  const [command, ...args] = npm('pack', '--silent', '--pack-destination', work);
  execFileSync(command, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  return join(
    work,
    readdirSync(work).find((file) => file.endsWith('.tgz')),
  );
}

function assert(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}
