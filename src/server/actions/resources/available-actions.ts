import { SyncError } from '../../errors';
import type { ActionContext, Next } from '../../host/requests/context';
import { exposedOf } from './exposed-fields';
import { toId } from './operators';
import { malformed } from './refuse';

const SOURCES = 'userDataSyncSources';
const READING = ['list', 'get'];
/** Other actions of the host would store a source without the checks of `collections.ts`. */
const WRITING = ['create', 'update', 'destroy', 'move'];

/** Names come from the request, and may be as long as that. */
const MAX_NAME_LENGTH = 120;

/** Whether a resource is one of the collections of this plugin, or a relation of one. */
export const isOwnCollection = (resourceName: string): boolean => resourceName.startsWith('userDataSync');

/**
 * A middleware after authentication and before permissions. The collections of this plugin are read by `list` and `get`
 * as the table of fields says, and changed by the few actions on sources. Every other action of the host is refused to
 * everybody: through a relation it would change users, or read what runs keep for themselves.
 */
export async function availableActions(ctx: ActionContext, next: Next): Promise<unknown> {
  const { method, action } = ctx;
  const { resourceName, actionName } = action;
  const isOwn = isOwnCollection(resourceName);
  if (!isOwn && !leadsToOwn(ctx)) return next();
  if (!READING.includes(actionName) && (method === 'GET' || method === 'HEAD'))
    throw new SyncError('METHOD_NOT_ALLOWED', { method });
  if (!isAvailable(resourceName, actionName))
    throw new SyncError('ACTION_NOT_AVAILABLE', { action: `${resourceName}:${actionName}`.slice(0, MAX_NAME_LENGTH) });
  // The host takes `_` in the place of an id for all rows that the relation could lead to.
  if (resourceName.includes('.') && toId(action.sourceId) === undefined) throw malformed('id', 'integer');
  return next();
}

/** Every relation of the table leads to one row. */
function isAvailable(resourceName: string, actionName: string): boolean {
  if (!exposedOf(resourceName)) return false;
  if (resourceName.includes('.')) return actionName === 'get';
  return READING.includes(actionName) || (resourceName === SOURCES && WRITING.includes(actionName));
}

/** Whether a resource such as `users.syncTasks` leads to a collection of this plugin over a relation that somebody made. */
function leadsToOwn({ action, db }: ActionContext): boolean {
  const [first, ...relations] = action.resourceName.split('.');
  let collection: string | undefined = first;
  for (const relation of relations) {
    const options = db.getCollection(collection)?.getField(relation)?.options as { target?: string } | undefined;
    collection = options?.target;
    if (collection === undefined) return false;
    if (isOwnCollection(collection)) return true;
  }
  return false;
}
