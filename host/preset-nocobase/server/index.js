'use strict';

const { Plugin, PluginManager, findBuiltInPlugins, findLocalPlugins } = require('@nocobase/server');

/**
 * The plugin named `nocobase` that every NocoBase application starts with: it decides which other
 * plugins there are. NocoBase's own brings eighty of them; this one brings the list `builtIn` of its
 * package.json. NocoBase's plugin manager calls `findLocalPlugins`, `getAllPlugins` and `getPluginInfo`.
 *
 * This file is in a folder because NocoBase takes the folder above it for the plugin's own, and looks
 * for migrations, collections and more in there.
 */
class DevelopmentPreset extends Plugin {
  /** First start: the built-in plugins are registered, loaded and installed in one go. */
  async install() {
    await this.register();
    await this.pm.repository.init();
    await this.pm.load();
    await this.app.db.sync();
    await this.pm.install();
  }

  /** Every later start: a plugin that was added to the list since is registered; the host loads it. */
  async upgrade() {
    await this.register();
  }

  /** What an administrator disabled stays disabled, so rows that are there are left as they are. */
  async register() {
    const repository = this.pm.repository;
    const known = new Set((await repository.find()).map((row) => row.get('name')));
    // One after the other: where nothing else decides, the host loads plugins in the order of their ids.
    for (const name of await findBuiltInPlugins()) {
      if (known.has(name)) continue;
      const { packageName } = await PluginManager.parseName(name);
      const { version } = await PluginManager.getPackageJson(packageName);
      await repository.create({ values: { name, packageName, version, builtIn: true, enabled: true } });
    }
  }

  findLocalPlugins() {
    return findLocalPlugins();
  }

  async getAllPlugins(locale) {
    const names = new Set([...(await findBuiltInPlugins()), ...(await findLocalPlugins())]);
    return Promise.all([...names].map((name) => this.getPluginInfo(name, locale)));
  }

  async getPluginInfo(nameOrPackage, locale) {
    const { name, packageName } = await PluginManager.parseName(nameOrPackage);
    const packageJson = await PluginManager.getPackageJson(packageName);
    const row = await this.pm.repository.findOne({ filter: { name } });
    const options = { version: packageJson.version, ...row?.toJSON(), name, packageName, packageJson };
    return new Plugin(this.app, options).toJSON({ locale });
  }
}

exports.default = DevelopmentPreset;
Object.defineProperty(exports, '__esModule', { value: true });
