/**
 * A host with the official plugin, in a process of its own, where `@nocobase/plugin-user-data-sync` is the one from
 * npm. Reads `{ database, pushes }` as JSON from its input, pushes each in turn, and writes what the plugin
 * said to each, as JSON, to its output.
 */
const Module = require('node:module');
const { text } = require('node:stream/consumers');

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  const official = request.replace(/^@nocobase\/plugin-user-data-sync(?=\/|$)/, 'official-plugin-user-data-sync');
  return resolve.call(this, official, ...rest);
};

async function main() {
  const { database, pushes } = JSON.parse(await text(process.stdin));
  const { Application } = require('@nocobase/server');
  const app = new Application({
    name: 'main',
    database: { ...database, logging: false },
    resourcer: { prefix: '/api' },
    acl: true,
    plugins: ['nocobase'],
  });
  await app.runCommandThrowError('start', '--quickstart');
  const answers = [];
  for (const push of pushes) answers.push(await app.pm.get('user-data-sync').syncService.push(push));
  await app.destroy();
  process.stdout.write(JSON.stringify(answers));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
