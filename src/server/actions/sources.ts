import type { ActionContext, Next } from './context';
import { SyncError } from '../errors';
import { API_SOURCE_NAME, publicOptions, SyncSourceModel, type SourceType, type SyncSourceManager } from '../sources';
import { presentable, translatorOf } from './translate';

const RESOURCE = 'userDataSyncSources';
/** The `name` column is a string of 255 characters. */
const MAX_NAME_LENGTH = 255;

/**
 * Stands around the host's own actions on sources: the built-in source stays, options are checked before they are
 * stored, and what goes back to the page has no secrets in it, only the names of those that are set.
 */
export function sourceActions(sourceManager: () => SyncSourceManager) {
  return async function userDataSyncSources(ctx: ActionContext, next: Next): Promise<void> {
    const { resourceName, actionName } = ctx.action;
    if (resourceName !== RESOURCE) return void (await next());
    try {
      if (actionName === 'destroy') await keepBuiltIn(ctx);
      if (actionName === 'create') checkNew(ctx, sourceManager());
      if (actionName === 'update') await checkChanges(ctx, sourceManager());
      refuseOthers(actionName);
    } catch (error) {
      throw error instanceof SyncError ? presentable(error, translatorOf(ctx)) : error;
    }
    await next();
    ctx.body = present(ctx.body, sourceManager());
  };
}

async function keepBuiltIn(ctx: ActionContext): Promise<void> {
  if ((await rowsOf(ctx)).some((row) => row.name === API_SOURCE_NAME))
    throw new SyncError('SOURCE_BUILT_IN', { source: API_SOURCE_NAME });
}

/** Actions that decide by themselves whether to create or to update would pass the checks by. */
function refuseOthers(actionName: string): void {
  if (/orCreate$/i.test(actionName))
    throw new SyncError('INVALID_REQUEST', { path: actionName, expected: 'create, update' });
}

function checkNew(ctx: ActionContext, sourceManager: SyncSourceManager): void {
  const values = (ctx.action.params.values ?? {}) as Record<string, unknown>;
  const { name, sourceType, options = {} } = values;
  if (typeof name !== 'string' || name.trim() === '' || name.length > MAX_NAME_LENGTH) {
    throw new SyncError('INVALID_REQUEST', { path: 'name', expected: 'string' });
  }
  checkOptions(options, sourceManager.get(String(sourceType)));
}

/** The type and the name of a source stay what they are: links and secrets hang on them. */
async function checkChanges(ctx: ActionContext, sourceManager: SyncSourceManager): Promise<void> {
  const { values } = ctx.action.params as { values?: Record<string, unknown> };
  if (!values) return;
  for (const row of await rowsOf(ctx)) {
    for (const field of ['name', 'sourceType']) {
      if (values[field] !== undefined && values[field] !== row.get(field)) {
        throw new SyncError('INVALID_REQUEST', { path: field, expected: String(row.get(field)) });
      }
    }
    if (values.options !== undefined) checkOptions(values.options, sourceManager.find(row.sourceType));
  }
}

function checkOptions(options: unknown, type: SourceType | undefined): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new SyncError('SOURCE_OPTIONS_INVALID', { path: 'options', expected: 'object' });
  }
  type?.validateOptions?.(options as Record<string, unknown>);
}

/** The sources that an action is about; none when the request names none, which the host refuses. */
async function rowsOf(ctx: ActionContext): Promise<SyncSourceModel[]> {
  const { filterByTk, filter } = ctx.action.params;
  if (filterByTk === undefined && filter === undefined) return [];
  return (await ctx.db.getRepository(RESOURCE).find({ filterByTk, filter } as object)) as SyncSourceModel[];
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
  if (source.get('options') === undefined) return shown;
  return { ...shown, ...publicOptions(source.get('options'), sourceManager.secretsOf(source.sourceType)) };
}
