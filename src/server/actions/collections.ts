import type { ActionContext, Next } from './context';
import { SyncError } from '../errors';
import { API_SOURCE_NAME, publicOptions, rulesOf, SyncSourceModel, type SyncSourceManager } from '../sources';
import type { UserDataSyncService } from '../service/user-data-sync-service';
import { checkDisabledUsersQuery, DISABLED_USERS, presentDisabledUsers } from './disabled-user-rows';
import { valuesToCreate, valuesToUpdate } from './source-values';
import { withLastTasks } from './last-tasks';
import { presentable, translatorOf } from './translate';

/** What these actions need of the plugin. */
export interface CollectionActionDeps {
  readonly sourceManager: SyncSourceManager;
  readonly syncService: UserDataSyncService;
}

const RESOURCE = 'userDataSyncSources';
const OWN_COLLECTION = /^userDataSync/;
const READING = ['list', 'get'];
/** Other actions of the host, and these by way of a task, would store a source without the checks of this file. */
const WRITING = ['create', 'update', 'destroy', 'move'];

/**
 * Stands around the host's own actions on the collections of this plugin, after permissions: nothing is changed by
 * opening a link, the built-in source stays, a source that goes lets go of what it brought in, options are checked
 * before they are stored, and what goes back to the page has no secrets in it, only the names of those that are set.
 */
export function collectionActions(deps: () => CollectionActionDeps) {
  return async function userDataSyncCollections(ctx: ActionContext, next: Next): Promise<void> {
    if (!OWN_COLLECTION.test(ctx.action.resourceName)) return void (await next());
    const { sourceManager, syncService } = deps();
    try {
      checkReading(ctx);
      checkMethod(ctx);
      if (ctx.action.resourceName === DISABLED_USERS) checkDisabledUsersQuery(ctx);
      const destroyed = ctx.action.resourceName === RESOURCE ? await checkSource(ctx, sourceManager, syncService) : [];
      await next();
      for (const source of destroyed) await syncService.letGo(source);
    } catch (error) {
      throw error instanceof SyncError ? presentable(error, translatorOf(ctx)) : error;
    }
    if (ctx.action.resourceName === DISABLED_USERS) return void (ctx.body = presentDisabledUsers(ctx.body));
    const body = present(ctx.body, sourceManager);
    const isList = ctx.action.resourceName === RESOURCE && ctx.action.actionName === 'list';
    ctx.body = isList ? await withLastTasks(body, ctx) : body;
  };
}

/** The host accepts any method for any action. */
function checkMethod({ action, method }: ActionContext): void {
  if (READING.includes(action.actionName)) return;
  if (method === 'GET' || method === 'HEAD') throw new SyncError('METHOD_NOT_ALLOWED', { method });
  // Users are disabled and enabled by actions of `userData`, which write more than these rows.
  const isReadOnly = action.resourceName.startsWith(DISABLED_USERS) || action.resourceName.endsWith('.source');
  if (isReadOnly || !WRITING.includes(action.actionName))
    throw new SyncError('ACTION_NOT_AVAILABLE', { action: `${action.resourceName}:${action.actionName}` });
}

/** Asking for rows by what their stored options contain would tell the options bit by bit. */
function checkReading({ action: { params } }: ActionContext): void {
  for (const name of ['filter', 'sort']) {
    if (namesOptions(params[name])) throw new SyncError('INVALID_REQUEST', { path: name, expected: 'noOptions' });
  }
}

function namesOptions(query: unknown): boolean {
  if (typeof query === 'string') return /\boptions\b/.test(query);
  if (Array.isArray(query)) return query.some(namesOptions);
  if (typeof query !== 'object' || query === null) return false;
  return Object.entries(query).some(
    ([key, value]) => /\boptions\b/.test(key) || (typeof value === 'object' && namesOptions(value)),
  );
}

/** Gives back the sources that are about to go. */
async function checkSource(
  ctx: ActionContext,
  sourceManager: SyncSourceManager,
  syncService: UserDataSyncService,
): Promise<SyncSourceModel[]> {
  const { action } = ctx;
  switch (action.actionName) {
    case 'create':
      action.params.values = valuesToCreate(action.params.values, sourceManager);
      return [];
    case 'update':
      action.params.values = valuesToUpdate(action.params.values, await sourceToUpdate(ctx), sourceManager);
      return [];
    case 'destroy':
      return sourcesToDestroy(ctx, syncService);
    default:
      return [];
  }
}

/** One source at a time: what is checked has to be what is changed. */
async function sourceToUpdate(ctx: ActionContext): Promise<SyncSourceModel> {
  const { filterByTk } = ctx.action.params;
  if (typeof filterByTk !== 'string' && typeof filterByTk !== 'number')
    throw new SyncError('INVALID_REQUEST', { path: 'filterByTk', expected: 'integer' });
  const source = (await ctx.db.getRepository(RESOURCE).findOne({ filterByTk })) as SyncSourceModel | null;
  if (!source) throw new SyncError('SOURCE_NOT_FOUND', { source: String(filterByTk) });
  return source;
}

async function sourcesToDestroy(ctx: ActionContext, syncService: UserDataSyncService): Promise<SyncSourceModel[]> {
  const { filterByTk, filter } = ctx.action.params;
  const rows = (await ctx.db.getRepository(RESOURCE).find({ filterByTk, filter } as object)) as SyncSourceModel[];
  for (const source of rows) {
    if (source.name === API_SOURCE_NAME) throw new SyncError('SOURCE_BUILT_IN', { source: API_SOURCE_NAME });
    await syncService.requireIdle(source);
  }
  return rows;
}

function present(body: unknown, sourceManager: SyncSourceManager): unknown {
  if (body instanceof SyncSourceModel) return presentSource(body, sourceManager);
  if (Array.isArray(body)) return body.map((item) => present(item, sourceManager));
  if (typeof body === 'object' && body !== null && 'rows' in body && Array.isArray(body.rows)) {
    return { ...body, rows: body.rows.map((row) => present(row, sourceManager)) };
  }
  return body;
}

function presentSource(source: SyncSourceModel, sourceManager: SyncSourceManager): unknown {
  const shown = source.toJSON<Record<string, unknown>>();
  // Other fields were asked for.
  if (source.get('rules') !== undefined) shown.rules = rulesOf(source.get('rules'));
  if (source.get('options') === undefined) return shown;
  return { ...shown, ...publicOptions(source.get('options'), sourceManager.secretsOf(source.sourceType)) };
}
