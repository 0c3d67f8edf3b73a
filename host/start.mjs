/**
 * `npm start`: a real NocoBase server with this plugin, for trying out and for development.
 */
import { fileURLToPath } from 'node:url';
import { announce } from './announce.mjs';
import { seedDemo } from './demo.mjs';
import { enablePlugin } from './enable-plugin.mjs';
import { prepareEnvironment } from './environment.mjs';
import { persistently } from './persistently.cjs';
import { assertPortIsFree, startServer } from './server.mjs';

const PLUGIN = 'nocobase-plugin-user-data-sync';
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
  // Staged among the packages, so NocoBase does not find it in the folder where administrators' plugins are.
  process.env.APPEND_PRESET_LOCAL_PLUGINS ||= PLUGIN;
  let stop = async () => {};
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => stop().then(() => process.exit(0)));
  }
  await assertPortIsFree(settings);
  console.log(`Starting NocoBase, which takes some seconds. Data and logs are in ${settings.storagePath}`);
  const host = await startServer(settings);
  stop = host.stop;
  const enabled = await enablePlugin(host.app, PLUGIN);
  if (!enabled) console.warn(`The plugin ${PLUGIN} is disabled, or it failed to load: see the logs.`);
  const seed = () => seedDemo(host.app, settings.storagePath);
  const demo = settings.demo && enabled ? await persistently(seed) : undefined;
  host.open();
  await announce(host.app, settings, demo);
}
