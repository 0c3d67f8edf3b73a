/** The host in a process of its own, on a free port, for what looks at it from outside. */
const { execFileSync, spawn } = require('node:child_process');
const { once } = require('node:events');
const { createServer } = require('node:net');
const { join } = require('node:path');
const { untilReady } = require('./ready.cjs');

const root = join(__dirname, '..');

/** Builds the plugin and puts it where the host finds it. */
function stagePackage() {
  for (const script of ['build.mjs', 'stage.mjs']) {
    execFileSync(process.execPath, [join(__dirname, script)], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  }
}

/**
 * Starts a host with the demo company and waits until it can be used.
 *
 * @param {string} storagePath everything that it keeps
 * @returns {Promise<{url: string, storagePath: string, stop: () => Promise<void>}>}
 */
async function startHost(storagePath) {
  const port = await freePort();
  const child = spawn(process.execPath, ['-r', join(__dirname, 'threads.cjs'), join(__dirname, 'start.mjs')], {
    cwd: root,
    env: { ...withoutHostSettings(process.env), STORAGE_PATH: storagePath, APP_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = () => child.kill();
  process.once('exit', kill);
  const exited = once(child, 'exit');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, { failure: () => hasEnded(child) && new Error(`The host did not start:\n${output}`) });
  const stop = async () => {
    process.off('exit', kill);
    child.kill('SIGTERM');
    await exited;
  };
  return { url, storagePath, stop };
}

/** @param {import('node:child_process').ChildProcess} child */
const hasEnded = ({ exitCode, signalCode }) => exitCode !== null || signalCode !== null;

/** A database or an account of whoever starts this is not for trying out, and the caller's NODE_ENV may be `test`. */
function withoutHostSettings(env) {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(NODE_ENV|JEST_|APP_|DB_|INIT_|HOST_|LOGGER_)/.test(name)),
  );
}

/** @returns {Promise<number>} */
async function freePort() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

module.exports = { stagePackage, startHost };
