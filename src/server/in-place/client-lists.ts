import type { ActionContext } from '../host/requests/context';
import { BUILT_IN_NAME, BUILT_IN_PACKAGE, OWN_PACKAGE } from '../model/names';

/** A plugin that a client is to load, as `pm:listEnabled` and `pm:listEnabledV2` name it. */
interface ListedPlugin {
  readonly name: string;
  readonly packageName: string;
  readonly url: string;
}

const LISTS = ['listEnabled', 'listEnabledV2'];

/**
 * The host reads from the database which bundles the clients load, and would name the built-in plugin's. While this
 * plugin is in place, its bundle is named in that one's stead, and under its own name: what other bundles import from
 * either package is there. Otherwise it is not named at all.
 */
export function listForClients({ isInPlace }: { readonly isInPlace: boolean }) {
  return async (ctx: ActionContext, next: () => Promise<unknown>): Promise<void> => {
    await next();
    const { resourceName, actionName } = ctx.action;
    if (resourceName !== 'pm' || !LISTS.includes(actionName) || !Array.isArray(ctx.body)) return;
    const listed = ctx.body as ListedPlugin[];
    ctx.body = isInPlace ? inStead(listed) : listed.filter(({ packageName }) => packageName !== OWN_PACKAGE);
  };
}

/** Ours is loaded in its turn; the last name counts, so the client's plugin has the name that others wait for. */
function inStead(listed: readonly ListedPlugin[]): ListedPlugin[] {
  const own = listed.find(({ packageName }) => packageName === OWN_PACKAGE);
  const both = own ? [own, { ...own, name: BUILT_IN_NAME, packageName: BUILT_IN_PACKAGE }] : [];
  const hasBuiltIn = listed.some(({ packageName }) => packageName === BUILT_IN_PACKAGE);
  const place = hasBuiltIn ? BUILT_IN_PACKAGE : OWN_PACKAGE;
  return listed.flatMap((plugin) => {
    if (plugin.packageName === place) return both;
    return plugin === own ? [] : [plugin];
  });
}
