/**
 * `npm start`: a real NocoBase server with this plugin, for trying out and for development.
 */
import { fileURLToPath } from 'node:url';
import { announce } from './announce.mjs';
import { seedDemo } from './demo.mjs';
import { prepareEnvironment } from './environment.mjs';
import { assertPortIsFree, startServer } from './server.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

try {
  await main();
} catch (error) {
  console.error(`\nThe server did not start: ${error.message}`);
  process.exit(1);
}

async function main() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new Error(`NocoBase needs Node 20 or newer, this is ${process.version}.`);
  }
  const settings = prepareEnvironment(root, process.env);
  let stop = async () => {};
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => stop().then(() => process.exit(0)));
  }
  await assertPortIsFree(settings);
  console.log(`Starting NocoBase, which takes some seconds. Data and logs are in ${settings.storagePath}`);
  const host = await startServer(settings);
  stop = host.stop;
  const enabled = host.app.pm.get('user-data-sync')?.enabled;
  if (!enabled) console.warn('The plugin user-data-sync is disabled, or it failed to load: see the logs.');
  const demo = settings.demo && enabled ? await seedDemo(host.app, settings.storagePath) : undefined;
  await announce(host.app, settings, demo);
}
