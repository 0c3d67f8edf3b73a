import type { Plugin } from '@nocobase/server';
import { BUILT_IN_NAME, OWN_PACKAGE } from '../model/names';
import { describeForBuiltIn } from './api-description';
import { offerBuiltInTexts } from './built-in-texts';
import { listForClients } from './client-lists';
import { remarkOn } from './host-version';
import { answerToOwnClass, assertPlaceCanBeTaken, takePlace } from './take-place';

type ResourceMiddleware = Parameters<Plugin['app']['resourceManager']['use']>[0];

/**
 * The place of the plugin that NocoBase has built in, `@nocobase/plugin-user-data-sync`. Every NocoBase loads that one,
 * and it cannot be switched off; while this plugin is enabled it stands in its place:
 *
 * - The host adds all plugins before it loads any. When this one is added, it takes the place (`take`).
 * - When it loads, it sees to what the host would still do for the built-in plugin (`settleIn`).
 * - While it is being enabled, the built-in one is running. The host loads this one beside it, makes the tables, and
 *   then starts the application anew. Until then this one does nothing but bring its collections.
 * - When it is disabled or removed, the application starts anew without it, so the built-in plugin is loaded as ever.
 */
export class BuiltInPlace {
  /** Whether this plugin is in the place, so that it is to load. */
  isTaken = false;

  constructor(private readonly plugin: Plugin) {}

  /**
   * Takes the place of the built-in plugin if this one is enabled; says in the log why where it cannot. Once more does
   * no harm, and helps where the built-in plugin was added later.
   */
  take(): void {
    const { plugin } = this;
    const { app } = plugin;
    if (!plugin.enabled) return;
    try {
      takePlace(app.pm, plugin);
      this.isTaken = true;
    } catch (error) {
      plugin.log.error(String(error));
      app.resourceManager.use(middleware(listForClients({ isInPlace: false })), { tag: 'userDataSyncClientLists' });
      // The host loads what is enabled, but disables only that, too: so it is enabled again once all is loaded.
      plugin.enabled = false;
      app.on('afterLoad', () => (plugin.enabled = true));
    }
  }

  /** Sees to it that the host, too, takes this plugin for the built-in one; called while it loads. */
  settleIn(): void {
    const { plugin } = this;
    const { app } = plugin;
    answerToOwnClass(app.pm, plugin);
    app.resourceManager.use(middleware(listForClients({ isInPlace: true })), { tag: 'userDataSyncClientLists' });
    app.resourceManager.use(describeForBuiltIn as unknown as ResourceMiddleware, { tag: 'userDataSyncDescription' });
    offerBuiltInTexts(app);
    app.on('beforeDisablePlugin', refuseBuiltInName);
    const remark = remarkOn(app.getPackageVersion());
    if (remark) plugin.log.warn(remark);
  }

  /** Fails when this plugin could not take the place if it were enabled. */
  assertCanBeTaken(): void {
    assertPlaceCanBeTaken(this.plugin.app.pm);
  }
}

/** The name leads to this plugin, but the host would switch off the built-in one, whose place it has. */
function refuseBuiltInName(name: string): void {
  if (name === BUILT_IN_NAME) throw new Error(`${BUILT_IN_NAME} is built in. Disable ${OWN_PACKAGE} instead.`);
}

const middleware = (of: ReturnType<typeof listForClients>) => of as unknown as ResourceMiddleware;
