/**
 * Enables a plugin as an administrator does, the first time that the host runs. Later on it is as the administrator left
 * it.
 *
 * @param {any} app
 * @param {string} name
 * @returns {Promise<boolean>} whether it is enabled
 */
export async function enablePlugin(app, name) {
  const row = await app.db.getRepository('applicationPlugins').findOne({ filter: { name } });
  if (!row) {
    // The host answers a little before its command `start` ends, and drops a command while another one is going on.
    while (app.activatedCommand) await new Promise((resolve) => setTimeout(resolve, 50));
    await app.runAsCLI(['pm', 'enable', name], { from: 'user', throwError: true });
  }
  return app.pm.get(name)?.enabled === true;
}
