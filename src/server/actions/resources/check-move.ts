import { SyncError } from '../../errors';
import type { ActionContext } from '../../host/requests/context';
import { toBoolean, toId, type FilterValue } from './operators';
import { malformed } from './refuse';

const SOURCES = 'userDataSyncSources';
const METHODS = ['insertAfter', 'prepend'];

/** Where a source is put in the order of the list. */
export interface Move {
  readonly sourceId: FilterValue;
  readonly targetId?: FilterValue;
  readonly method?: string;
  readonly sticky?: boolean;
}

/** Checks a move: a source to the place of another one, or `sticky`, to the first place. */
export async function checkMove(ctx: ActionContext, params: Readonly<Record<string, unknown>>): Promise<Move> {
  const { method, sortField, sticky, targetId } = params;
  if (sortField !== undefined && sortField !== 'sort') throw malformed('sortField', 'sort');
  if (method !== undefined && !METHODS.includes(method as string))
    throw malformed('method', 'knownKey', { keys: METHODS.join(', ') });
  const toFirst = sticky === undefined ? false : toBoolean(sticky);
  if (toFirst === undefined) throw malformed('sticky', 'boolean');
  const moved = await existing(ctx, params.sourceId, 'sourceId');
  if (toFirst && targetId === undefined) return { sourceId: moved, sticky: true };
  return { sourceId: moved, targetId: await existing(ctx, targetId, 'targetId'), method: method as string | undefined };
}

/** The host would fail halfway over a source that is not there. */
async function existing(ctx: ActionContext, value: unknown, name: string): Promise<FilterValue> {
  const id = toId(value);
  if (id === undefined) throw malformed(name, 'integer');
  const found = await ctx.db.getRepository(SOURCES).count({ filter: { id } });
  if (found === 0) throw new SyncError('SOURCE_NOT_FOUND', { source: String(id) });
  return id;
}
