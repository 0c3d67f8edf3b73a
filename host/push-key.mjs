import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** May push and do nothing else: no page, no collection, no other action. */
const role = {
  name: 'user-data-pusher',
  title: 'User data push',
  snippets: ['user-data-sync.push'],
  strategy: { actions: [] },
};

/**
 * An API key that may only push, to the built-in source. The one in the file is used as long as it works.
 *
 * @param {any} app
 * @param {string} file
 * @param {any} owner the user in whose list of API keys it appears
 * @returns {Promise<string>}
 */
export async function pushKey(app, file, owner) {
  await giveRole(app, owner);
  await letRolePush(app);
  const kept = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (kept && (await works(app, kept, owner))) return kept;
  const token = await createKey(app, owner);
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  return token;
}

/** A key works only while its owner has its role. */
async function giveRole(app, owner) {
  const roles = app.db.getRepository('roles');
  if (!(await roles.findOne({ filter: { name: role.name } }))) await roles.create({ values: role });
  const owned = app.db.getRepository('users.roles', owner.get('id'));
  if (!(await owned.findOne({ filter: { name: role.name } }))) await owned.add(role.name);
}

/** A source says which roles may push to it. */
async function letRolePush(app) {
  const sources = app.db.getRepository('userDataSyncSources');
  const source = await sources.findOne({ filter: { name: 'api' } });
  const rules = source.get('rules') ?? {};
  const roles = rules.push?.roles ?? [];
  if (roles.includes(role.name)) return;
  await sources.update({
    filterByTk: source.get('id'),
    values: { rules: { ...rules, push: { roles: [...roles, role.name] } } },
  });
}

async function works(app, token, owner) {
  const row = await app.db.getRepository('apiKeys').findOne({ filter: { token, createdById: owner.get('id') } });
  if (!row) return false;
  return app.authManager.jwt.decode(token).then(
    ({ userId }) => userId === owner.get('id'),
    () => false,
  );
}

/**
 * What the action `apiKeys:create` does. The plugin's own `generateAPIKey` leaves out who made the key,
 * and the page shows only keys that one made oneself.
 */
async function createKey(app, owner) {
  const key = { name: 'Demo: push users and departments', roleName: role.name, expiresIn: 'never' };
  const token = app.authManager.jwt.sign(
    { userId: owner.get('id'), roleName: role.name },
    { expiresIn: key.expiresIn },
  );
  await app.db.getRepository('apiKeys').create({
    values: { ...key, token },
    context: { state: { currentUser: owner } },
  });
  return token;
}
