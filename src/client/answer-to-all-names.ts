/** The names of the built-in plugin, in whose place this one is, and its own. */
const NAMES = ['user-data-sync', '@nocobase/plugin-user-data-sync', 'nocobase-plugin-user-data-sync'];

/**
 * The server names this plugin's bundle twice, as the built-in plugin's and as its own, so that other bundles find
 * either. The client then makes two plugins of the one class, and loads only the later one: that is the one which
 * everybody is to get, by whatever name.
 */
export function answerToAllNames(plugin: object, app: Pick<HostApplication, 'pm'>): void {
  const aliases = app.pm?.pluginsAliases;
  if (!aliases) return;
  for (const name of NAMES) aliases[name] = plugin;
}
