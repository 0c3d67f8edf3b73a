import { createRequire } from 'node:module';
import { createServer } from 'node:net';

const require = createRequire(import.meta.url);

/**
 * A running NocoBase.
 * @typedef {object} Host
 * @property {any} app the application
 * @property {() => Promise<void>} stop
 */

/**
 * Starts the server that NocoBase ships, in this process, and waits until it answers.
 *
 * @param {import('./environment.mjs').Settings} settings
 * @returns {Promise<Host>}
 */
export async function startServer({ url }) {
  const { AppSupervisor, Gateway } = require('@nocobase/server');
  const gateway = Gateway.getInstance();
  Gateway.registerRequestHandler(hidePackages);
  // The gateway would let the process run on after a signal; whoever calls this decides instead.
  for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, gateway.onTerminate);

  // Installs an empty database, upgrades one that is there, then starts.
  process.argv.splice(2, Infinity, 'start', '--quickstart');
  require('@nocobase/app');
  await untilReady(url, () => AppSupervisor.getInstance().appErrors.main);

  const app = await AppSupervisor.getInstance().getApp('main');
  return { app, stop: () => gateway.onTerminate('SIGTERM') };
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

/**
 * @param {string} url
 * @param {() => Error | undefined | null} failure what made the application give up
 */
async function untilReady(url, failure) {
  const patience = setTimeout(() => {
    console.log(
      `Still starting. If it does not come: is the database reachable? See ${process.env.STORAGE_PATH}/logs.`,
    );
  }, 30_000);
  try {
    await answers(url, failure);
  } finally {
    clearTimeout(patience);
  }
}

async function answers(url, failure) {
  for (;;) {
    const answer = await fetch(`${url}/api/app:getInfo`).catch(() => undefined);
    if (answer?.ok) return;
    const error = failure();
    if (error) throw error;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
