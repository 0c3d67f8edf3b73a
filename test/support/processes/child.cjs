/**
 * A NocoBase server with this plugin, as it is packed, in a process of its own. Loads everything, says `loaded`, and then
 * does what its parent asks for: a message has `id`, `what` and `options`, its answer `id` and `answer` or `error`. It
 * ends when its parent has gone.
 */
const { hushKnownNoise } = require('../../../host/known-noise.cjs');

hushKnownNoise(console);
console.info = () => undefined;

const { once } = require('node:events');
const { createServer } = require('node:http');
const { Application } = require('@nocobase/server');
const { HOST_PLUGINS } = require('../host-plugins.cjs');

const OWN_PACKAGE = 'nocobase-plugin-user-data-sync';
const PACKAGES = HOST_PLUGINS.map((name) => [`@nocobase/plugin-${name}`, name]);
const PLUGINS = [...PACKAGES, [OWN_PACKAGE, OWN_PACKAGE]].map(([packageName, name]) => [
  require(packageName).default,
  { name, packageName },
]);

/** @type {Application} */
let app;

const asked = {
  /** Starts the server on a database, which `isNew` or has been installed, and answers with its address. */
  async start({ database, isNew = false }) {
    app = new Application({ name: 'main', database, resourcer: { prefix: '/api' }, acl: true, plugins: PLUGINS });
    app.setMaxListeners(50);
    if (isNew) await app.runCommandThrowError('install', '-f');
    await app.runCommandThrowError('start');
    const server = createServer(app.callback()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${server.address().port}`;
  },

  /** The rows of a collection. */
  async rows({ collection, ...options }) {
    return app.db.getModel(collection).findAll({ raw: true, ...options });
  },

  /** Resolves when no run of this process goes on. */
  async whenIdle() {
    await app.pm.get('user-data-sync').syncService.whenIdle();
  },
};

process.on('message', async ({ id, what, options }) => {
  try {
    process.send({ id, answer: await asked[what](options) });
  } catch (error) {
    // Those of Sequelize have no message in their stack.
    process.send({ id, error: `${error.name}: ${error.message}\n${error.stack}` });
  }
});
process.on('disconnect', () => process.exit());
process.send('loaded');
