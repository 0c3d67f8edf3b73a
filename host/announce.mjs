const DEFAULT_PASSWORD = 'admin123';

/**
 * Prints what one needs to begin.
 *
 * @param {any} app
 * @param {import('./environment.mjs').Settings} settings
 * @param {{apiKey: string} | undefined} demo
 */
export async function announce(app, settings, demo) {
  const lines = [
    '',
    `NocoBase with user data synchronization is ready: ${settings.url}`,
    '',
    `  Legacy client   ${settings.url}/`,
    `  Modern client   ${settings.url}/v/`,
    `  Administrator   ${await describeAdministrator(app)}`,
  ];
  if (demo) {
    lines.push(
      `  API key         ${demo.apiKey}`,
      '',
      'The API key may push users and departments, nothing else. Push a user:',
      '',
      pushCommand(settings.url, demo.apiKey),
    );
  }
  lines.push('', 'Stop with Ctrl+C.', '');
  console.log(lines.join('\n'));
}

/** A password is shown only while it is the one that everybody knows, never one that somebody chose. */
async function describeAdministrator(app) {
  const user = await app.db.getRepository('users').findOne({ filter: { 'roles.name': 'root' }, sort: 'id' });
  if (!user) return 'has been removed';
  const account = user.get('email') || user.get('username');
  const { INIT_ROOT_PASSWORD } = process.env;
  if (INIT_ROOT_PASSWORD) return `${account} (with the password of INIT_ROOT_PASSWORD at the first start)`;
  const password = app.db.getCollection('users').getField('password');
  const unchanged = await password.verify(DEFAULT_PASSWORD, user.get('password'));
  return unchanged ? `${account} / ${DEFAULT_PASSWORD}` : `${account} (with the password you chose)`;
}

/** @param {string} url @param {string} apiKey */
function pushCommand(url, apiKey) {
  const body = {
    dataType: 'user',
    matchKey: 'email',
    records: [{ uid: 'e-1', nickname: 'Ada Lovelace', username: 'ada', email: 'ada@example.com' }],
  };
  return [
    `curl -X POST ${url}/api/userData:push`,
    `-H 'Authorization: Bearer ${apiKey}'`,
    `-H 'Content-Type: application/json'`,
    `-d '${JSON.stringify(body)}'`,
  ].join(' ');
}
