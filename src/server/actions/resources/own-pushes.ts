import { SyncError } from '../../errors';
import { rolesOfRequest, type ActionContext } from '../../host/requests/context';
import { isPushOnly, mayDo } from '../push-roles';
import type { Exposed } from './exposed-fields';

/** Collection → path from a row to its task. */
const PREFIXES: Readonly<Record<string, string>> = { userDataSyncTasks: '', userDataSyncOutcomes: 'task.' };

/** What a role that may only push can read: the rows of its own pushes, and none of their relations. */
export interface OwnPushes {
  readonly exposed: Exposed;
  readonly filter: object;
}

/**
 * A role that may only push may read what became of its pushes, and nothing else. `undefined` for a request that has
 * another permission to read the collection.
 */
export function ownPushesOnly(ctx: ActionContext, exposed: Exposed): OwnPushes | undefined {
  const { actionName, resourceName } = ctx.action;
  const [collection, relation] = resourceName.split('.');
  if (!Object.hasOwn(PREFIXES, collection)) return undefined;
  const { acl } = ctx.app;
  const action = relation === undefined ? actionName : 'get';
  const readers = rolesOfRequest(ctx).filter((role) => mayDo(acl, role, collection, action));
  if (!readers.every((role) => isPushOnly(acl, role))) return undefined;
  const userId = ctx.state.currentUser?.id;
  if (relation !== undefined || userId === undefined)
    throw new SyncError('NO_PERMISSION', { action: `${resourceName}:${actionName}` });
  const prefix = PREFIXES[collection];
  return {
    exposed: { ...exposed, relations: {} },
    filter: { [`${prefix}trigger`]: 'push', [`${prefix}createdById`]: userId },
  };
}
