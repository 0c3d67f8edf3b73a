/**
 * A host without this plugin, in a process of its own. Reads `{ database, pushes }` as JSON from its input, has the
 * built-in plugin push each in turn, and writes what it said to each, as JSON, to its output.
 */
const { text } = require('node:stream/consumers');

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
