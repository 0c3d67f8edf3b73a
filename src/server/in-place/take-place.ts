import type { Plugin } from '@nocobase/server';
import { BUILT_IN_NAME, BUILT_IN_PACKAGE } from '../model/names';

/** How the host keeps its plugins. It calls this internal, so it is looked at before it is relied on. */
interface PluginRegistry {
  /** By class, in the order in which they are loaded. */
  readonly pluginInstances: Map<unknown, Plugin>;
  /** By the names of plugins and packages. */
  readonly pluginAliases: Map<string, Plugin>;
}

/**
 * Puts a plugin in the place of the built-in one, before anything is loaded: it answers to the built-in plugin's names
 * and class, and is loaded when the built-in one would be, so before the plugins that need it. The built-in instance is
 * not loaded at all. Without a built-in plugin it answers to the names all the same.
 *
 * Fails when the host does not keep its plugins in the way that this relies on; then nothing has been changed.
 */
export function takePlace(pluginManager: object, own: Plugin): void {
  const { pluginInstances, pluginAliases } = registryOf(pluginManager);
  const builtIn = pluginAliases.get(BUILT_IN_NAME);
  if (builtIn && builtIn !== own) {
    if (pluginInstances.get(builtIn.constructor) !== builtIn) throw cannotTakePlace();
    // A map keeps the position of a key that is set again.
    pluginInstances.set(builtIn.constructor, own);
    pluginInstances.delete(own.constructor);
  }
  pluginAliases.set(BUILT_IN_NAME, own);
  pluginAliases.set(BUILT_IN_PACKAGE, own);
}

/**
 * Lets a plugin that is in place be found by its own class, too. Only while it loads: before that the host would
 * prepare whatever has two keys twice.
 */
export function answerToOwnClass(pluginManager: object, own: Plugin): void {
  registryOf(pluginManager).pluginInstances.set(own.constructor, own);
}

/** Fails when the place of the built-in plugin cannot be taken in this host. */
export function assertPlaceCanBeTaken(pluginManager: object): void {
  registryOf(pluginManager);
}

function registryOf(pluginManager: object): PluginRegistry {
  const { pluginInstances, pluginAliases } = pluginManager as Partial<PluginRegistry>;
  if (pluginInstances instanceof Map && pluginAliases instanceof Map) return { pluginInstances, pluginAliases };
  throw cannotTakePlace();
}

const cannotTakePlace = () =>
  new Error(
    'This version of NocoBase keeps its plugins in a way that nocobase-plugin-user-data-sync does not know, so it ' +
      'cannot take the place of the built-in user data synchronization. It stays idle, and the built-in one runs. ' +
      'Install a version of the plugin that fits this NocoBase, or disable it.',
  );
