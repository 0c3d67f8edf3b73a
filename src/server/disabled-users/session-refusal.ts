import { SyncError } from '../errors';
import type { ActionContext, Next } from '../host/requests/context';
import type { DisabledUserStore } from './disabled-user-store';

/**
 * Ends the sessions and API keys of disabled users: a middleware after authentication and before permissions. Requests
 * for public actions never have a user here. Signing out stays
 * possible, because it is what a stale session should do.
 */
export function refuseSessions(store: DisabledUserStore) {
  return async function userDataSyncDisabledUsers(ctx: ActionContext, next: Next): Promise<void> {
    if (!isSigningOut(ctx) && (await isDisabled(ctx, store))) throw new SyncError('USER_DISABLED');
    await next();
  };
}

/**
 * Asks the database each time. The host remembers users, and a request that loaded its user before somebody disabled
 * them (`users:updateLang`, for example) puts what it loaded back into the host's cache when it ends.
 */
async function isDisabled({ state: { currentUser } }: ActionContext, store: DisabledUserStore): Promise<boolean> {
  return currentUser?.id !== undefined && (await store.isDisabled(currentUser.id));
}

function isSigningOut({ action: { resourceName, actionName } }: ActionContext): boolean {
  return resourceName === 'auth' && actionName === 'signOut';
}
