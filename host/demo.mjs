import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pushKey } from './push-key.mjs';

const files = fileURLToPath(new URL('demo', import.meta.url));

/** A source of type `file`: the paths are below `<storage>/user-data-sync`. */
const source = JSON.parse(readFileSync(new URL('demo-source.json', import.meta.url), 'utf8'));

/**
 * Puts in a company to synchronise and an API key to push with.
 *
 * @param {any} app
 * @param {string} storagePath
 * @returns {Promise<{apiKey: string}>}
 */
export async function seedDemo(app, storagePath) {
  // Files that were edited are kept: changing them and pressing Sync is the way to try things out.
  cpSync(files, join(storagePath, 'user-data-sync', 'demo'), { recursive: true, force: false });
  const administrator = await app.db.getRepository('users').findOne({ filter: { 'roles.name': 'root' }, sort: 'id' });
  await addSourceOnce(app, join(storagePath, '.demo-source'), administrator);
  return { apiKey: await pushKey(app, join(storagePath, 'demo-api-key'), administrator) };
}

/**
 * A source that an administrator deleted must not come back, so a file remembers that it was there.
 * It names the installation (by the moment it was made), for the same storage can be used with another
 * database, which has no source yet.
 */
async function addSourceOnce(app, marker, administrator) {
  const installation = new Date(administrator.get('createdAt')).toISOString();
  const seeded = existsSync(marker) ? readFileSync(marker, 'utf8').split('\n') : [];
  if (seeded.includes(installation)) return;
  const sources = app.db.getRepository('userDataSyncSources');
  if (!(await sources.findOne({ filter: { name: source.name } }))) await sources.create({ values: source });
  writeFileSync(marker, [...seeded.filter(Boolean), installation, ''].join('\n'));
}
