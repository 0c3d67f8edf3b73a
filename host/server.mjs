import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { Gate } from './gate.cjs';
import { hushKnownNoise } from './known-noise.cjs';
import { untilReady } from './ready.cjs';

const require = createRequire(import.meta.url);

/**
 * A running NocoBase.
 * @typedef {object} Host
 * @property {any} app the application
 * @property {() => void} open lets requests in
 * @property {() => Promise<void>} stop
 */

/**
 * Starts the server that NocoBase ships, in this process, and waits until it answers. Only the host itself
 * gets answers until it is opened.
 *
 * @param {import('./environment.mjs').Settings} settings
 * @returns {Promise<Host>}
 */
export async function startServer({ url }) {
  hushKnownNoise(console);
  const { AppSupervisor, Gateway } = require('@nocobase/server');
  const gateway = Gateway.getInstance();
  const gate = new Gate();
  Gateway.registerRequestHandler(gate.request);
  Gateway.registerWsHandler(gate.upgrade);
  Gateway.registerRequestHandler(hidePackages);
  // The gateway would let the process run on after a signal; whoever calls this decides instead.
  for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, gateway.onTerminate);

  // Installs an empty database, upgrades one that is there, then starts.
  process.argv.splice(2, Infinity, 'start', '--quickstart');
  require('@nocobase/app');
  await patiently(() =>
    untilReady(url, { headers: gate.headers, failure: () => AppSupervisor.getInstance().appErrors.main }),
  );

  const app = await AppSupervisor.getInstance().getApp('main');
  return { app, open: () => gate.open(), stop: () => gateway.onTerminate('SIGTERM') };
}

/**
 * NocoBase serves the folder of any package that can be required. Here only plugins are shown, so that
 * the repository (the preset is a link into it) and the rest of node_modules are not.
 * NocoBase calls this before its own handler and goes on when it answers `false`.
 */
function hidePackages(request, response, app) {
  const [path] = request.url.split('?');
  const prefix = process.env.PLUGIN_STATICS_PATH;
  if (!path.startsWith(prefix)) return false;
  const parts = path.slice(prefix.length).split('/');
  const plugin = app?.pm.get(parts[0].startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]);
  if (plugin && !plugin.isPreset) return false;
  response.statusCode = 404;
  response.end('Not found');
  return true;
}

/**
 * Without this the server would start, fail to listen in an event nobody handles, and crash.
 * @param {import('./environment.mjs').Settings} settings
 */
export function assertPortIsFree({ host, port }) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => {
      const reason = error.code === 'EADDRINUSE' ? 'is already in use' : `cannot be used (${error.code})`;
      reject(new Error(`Port ${port} on ${host} ${reason}. Choose another one, for example APP_PORT=${port + 1}.`));
    });
    probe.listen(port, host, () => probe.close(resolve));
  });
}

/** @param {() => Promise<void>} wait */
async function patiently(wait) {
  const patience = setTimeout(() => {
    console.log(
      `Still starting. If it does not come: is the database reachable? See ${process.env.STORAGE_PATH}/logs.`,
    );
  }, 30_000);
  try {
    await wait();
  } finally {
    clearTimeout(patience);
  }
}
