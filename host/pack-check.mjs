/**
 * Proves that the packed plugin works in a NocoBase that has never seen this repository: once added as a tarball through
 * NocoBase's own plugin manager, and once in the place of the official plugin, with the data that that one left.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from './npm.mjs';
import { eventually, StockHost } from './stock-host.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const plugin = '@nocobase/plugin-user-data-sync';
const work = mkdtempSync(join(tmpdir(), 'pack-check-'));
const hosts = [];

try {
  const tarball = pack();
  await addTarball(tarball);
  console.log('The tarball works in a NocoBase that got the plugin from nowhere else.');
  await replaceOfficial(tarball);
  console.log('Put in the place of the official plugin, it goes on with the data that is there.');
} catch (error) {
  console.error(`The packed plugin does not work: ${error.message}`);
  process.exitCode = 1;
} finally {
  for (const host of hosts) host.kill();
  rmSync(work, { recursive: true, force: true, maxRetries: 5 });
}

/** The way of an administrator who has no such plugin yet. */
async function addTarball(tarball) {
  const host = await hostIn('added');
  host.run('pm', 'add', tarball);
  if (!existsSync(join(host.folder, 'storage/plugins', plugin, 'package.json')))
    throw new Error('`pm add` did not unpack it.');
  // With a plugin waiting to be upgraded, `start` no longer installs an empty database by itself.
  host.run('install');
  await host.start();
  if (await host.get('/userData:listSyncTypes')) throw new Error('it answers before it is enabled.');

  const types = await enable(host);
  console.log(`Source types: ${JSON.stringify(types)}`);
  const { version, isCompatible } = await host.get('/pm:get?filterByTk=user-data-sync');
  if (!isCompatible) throw new Error('NocoBase calls it incompatible: see dist/externalVersion.js.');
  console.log(`Version ${version}, compatible.`);
  for (const list of ['/pm:listEnabled', '/pm:listEnabledV2']) await checkClient(host, list);
  await host.stop();
}

/** The way of an administrator who has the official plugin: its folder goes, ours comes, the server is restarted. */
async function replaceOfficial(tarball) {
  const host = await hostIn('replaced');
  const folder = join(host.folder, 'node_modules', plugin);
  symlinkSync(join(root, 'node_modules/official-plugin-user-data-sync'), folder);
  const departments = {
    dataType: 'department',
    sourceName: 'hr',
    records: [{ uid: 'it', title: 'IT' }],
  };
  const users = {
    dataType: 'user',
    sourceName: 'hr',
    matchKey: 'username',
    records: [{ uid: 'ada', username: 'ada', nickname: 'Ada', departments: ['it'] }],
  };
  await host.start();
  await enable(host);
  for (const data of [departments, users]) await host.post('/userData:push', data);
  await host.stop();

  rmSync(folder);
  unpack(tarball, folder);
  await host.start();
  await eventually('it answers after the restart', () => host.get('/userData:listSyncTypes'));
  for (const data of [departments, users]) {
    const { result } = await host.post('/userData:push', data);
    for (const { resource, detail } of result) {
      if (detail.count.unchanged !== 1)
        throw new Error(`${resource} has changes where nothing changed: ${JSON.stringify(detail)}`);
    }
  }
  await host.stop();
}

async function hostIn(name) {
  const host = await StockHost.create(root, join(work, name), plugin);
  hosts.push(host);
  return host;
}

async function enable(host) {
  await host.post('/pm:enable?filterByTk=user-data-sync');
  return eventually('it answers after `pm enable`', () => host.get('/userData:listSyncTypes'));
}

/** Both clients fetch the bundle from the address that the plugin manager names. */
async function checkClient(host, list) {
  const entry = (await host.get(list)).find((one) => one.packageName === plugin);
  const answer = entry && (await fetch(host.url + entry.url));
  if (!answer?.headers.get('content-type')?.includes('javascript')) throw new Error(`${list} has no client bundle.`);
}

function pack() {
  const [command, ...args] = npm('pack', '--pack-destination', work);
  execFileSync(command, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  return join(
    work,
    readdirSync(work).find((file) => file.endsWith('.tgz')),
  );
}

function unpack(tarball, folder) {
  const unpacked = join(work, 'unpacked');
  mkdirSync(unpacked);
  execFileSync('tar', ['-xzf', tarball, '-C', unpacked]);
  renameSync(join(unpacked, 'package'), folder);
}
