import { SyncError } from '../errors';
import type { ActionContext, Next } from '../host/requests/context';
import { publicOptions, readStoredRules, SyncSourceModel, type SyncSourceManager } from '../sources';
import { receivedParams } from './guard';
import { withNewerTask } from './overtaken';
import { isOwnCollection } from './resources/available-actions';
import { checkQuery } from './resources/check-query';
import { exposedOf } from './resources/exposed-fields';
import { hostParams, withinGranted } from './resources/host-params';
import { ownPushesOnly } from './resources/own-pushes';
import { plainRow, presentRows } from './resources/present';
import { malformed } from './resources/refuse';
import { checkSourceChange, type SourceChangeDeps } from './source-changes';
import { withRuns } from './source-runs';

const RESOURCE = 'userDataSyncSources';
const TASKS = 'userDataSyncTasks';
const PRESENTED = ['list', 'get', 'create', 'update'];
const ZONE = /^[+-](0\d|1[0-4]):[0-5]\d$/;

/**
 * A middleware around the host's own actions on the collections of this plugin, after permissions. What is asked for is
 * checked against the table of what may be read, and the answer is cut down to it; a role that may only push reads what
 * is about its own pushes. The built-in source cannot be deleted, options are checked before they are stored, and an
 * answer has no secrets in it, only the names of those that are set.
 */
export function collectionActions(deps: () => SourceChangeDeps) {
  return async function userDataSyncCollections(ctx: ActionContext, next: Next): Promise<void> {
    const { resourceName, actionName } = ctx.action;
    const readable = isOwnCollection(resourceName) ? exposedOf(resourceName) : undefined;
    if (!readable) return void (await next());
    requireReadableParent(ctx);
    const own = ownPushesOnly(ctx, readable);
    const exposed = own?.exposed ?? readable;
    const received = receivedParams(ctx);
    const query = checkQuery(actionName, received, exposed, zoneOf(ctx));
    const isRelation = resourceName.includes('.');
    if (actionName === 'get' && !isRelation && query.filterByTk === undefined && query.filter === undefined)
      throw malformed('filterByTk', 'integer');
    const selection = withinGranted(query.selection, ctx.action.params);
    ctx.action.params = hostParams(actionName, { ...query, selection }, exposed, ctx.action.params, own?.filter);
    if (resourceName === RESOURCE) await checkSourceChange(ctx, received, deps());
    await next();
    if (!PRESENTED.includes(actionName)) return;
    const { sourceManager, syncService } = deps();
    ctx.body = presentRows(ctx.body, selection, (row) => plain(row, sourceManager));
    if (resourceName === RESOURCE && actionName === 'list' && selection.fields.has('id'))
      ctx.body = await withRuns(ctx.body, ctx);
    // The newer task may be somebody else's, of whom a role that may only push learns nothing.
    if (resourceName === TASKS && actionName === 'get' && selection.fields.has('id') && !own)
      ctx.body = await withNewerTask(ctx.body, syncService.heldRuns);
  };
}

/** A relation may be read only with permission for the collection that it belongs to. */
function requireReadableParent(ctx: ActionContext): void {
  const [collection, relation] = ctx.action.resourceName.split('.');
  if (relation === undefined || !ctx.can) return;
  if (!ctx.can({ resource: collection, action: 'get', rawResourceName: collection }))
    throw new SyncError('NO_PERMISSION', { action: `${collection}:get` });
}

/** The zone of the days in a filter, as the clients of the host say it; UTC otherwise. */
function zoneOf(ctx: ActionContext): string {
  const zone = ctx.get('X-Timezone');
  return ZONE.test(zone) ? zone : '+00:00';
}

function plain(row: object, sourceManager: SyncSourceManager): Readonly<Record<string, unknown>> {
  return row instanceof SyncSourceModel ? plainSource(row, sourceManager) : plainRow(row);
}

/** The collection hides options, and what is stored of them is not for anybody outside. */
function plainSource(source: SyncSourceModel, sourceManager: SyncSourceManager): Record<string, unknown> {
  const shown = source.toJSON<Record<string, unknown>>();
  // Other fields were asked for.
  if (source.get('rules') !== undefined) shown.rules = readStoredRules(source.get('rules'));
  if (source.get('options') === undefined) return shown;
  return { ...shown, ...publicOptions(source.get('options'), sourceManager.secretsOf(source.sourceType)) };
}
