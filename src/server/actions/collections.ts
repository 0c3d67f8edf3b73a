import type { ActionContext, Next } from './context';
import { SyncError } from '../errors';
import { API_SOURCE_NAME, publicOptions, SyncSourceModel, type SyncSourceManager } from '../sources';
import { presentable, translatorOf } from './translate';

const RESOURCE = 'userDataSyncSources';

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
      if (actionName === 'create' || actionName === 'update') await checkValues(ctx, sourceManager());
    } catch (error) {
      throw error instanceof SyncError ? presentable(error, translatorOf(ctx)) : error;
    }
    await next();
    ctx.body = present(ctx.body, sourceManager());
  };
}

async function keepBuiltIn(ctx: ActionContext): Promise<void> {
  const { filterByTk, filter } = ctx.action.params;
  const rows = (await ctx.db.getRepository(RESOURCE).find({ filterByTk, filter } as object)) as SyncSourceModel[];
  if (rows.some((row) => row.name === API_SOURCE_NAME))
    throw new SyncError('SOURCE_BUILT_IN', { source: API_SOURCE_NAME });
}

/** The type and the name of a source stay what they are: links and secrets hang on them. */
async function checkValues(ctx: ActionContext, sourceManager: SyncSourceManager): Promise<void> {
  const { values, filterByTk } = ctx.action.params as { values?: Record<string, unknown>; filterByTk?: number };
  if (!values) return;
  let { sourceType } = values;
  if (ctx.action.actionName === 'update') {
    const row = (await ctx.db.getRepository(RESOURCE).findOne({ filterByTk })) as SyncSourceModel | null;
    for (const field of ['name', 'sourceType']) {
      if (row && values[field] !== undefined && values[field] !== row.get(field)) {
        throw new SyncError('INVALID_REQUEST', { path: field, expected: String(row.get(field)) });
      }
    }
    sourceType = row?.get('sourceType');
  } else {
    const { name } = values;
    if (typeof name !== 'string' || name.trim() === '' || name.length > 255) {
      throw new SyncError('INVALID_REQUEST', { path: 'name', expected: 'string' });
    }
    sourceManager.get(String(sourceType));
  }
  if (values.options === undefined) return;
  if (typeof values.options !== 'object' || values.options === null) {
    throw new SyncError('SOURCE_OPTIONS_INVALID', { path: 'options', expected: 'object' });
  }
  sourceManager.find(String(sourceType))?.validateOptions?.(values.options as Record<string, unknown>);
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
