import { API_SOURCE_NAME } from '../../common/sources';
import { SyncError } from '../errors';
import type { PrivilegedRoles } from '../host/protection';
import type { ActionContext } from '../host/requests/context';
import type { UserDataSyncService } from '../service/user-data-sync-service';
import { requireNewSourceName, type SyncSourceManager, type SyncSourceModel } from '../sources';
import { requireGiver } from './protection-rules';
import { checkMove } from './resources/check-move';
import { malformed } from './resources/refuse';
import { valuesToCreate, valuesToUpdate } from './source-values';

const RESOURCE = 'userDataSyncSources';

/** What the checks of a change need of the plugin. */
export interface SourceChangeDeps {
  readonly sourceManager: SyncSourceManager;
  readonly syncService: UserDataSyncService;
  readonly privilegedRoles: Pick<PrivilegedRoles, 'mayGive'>;
}

/**
 * Checks what is about to be done to sources, and writes into the parameters what the host may do of it: what is checked
 * has to be what is changed.
 */
export async function checkSourceChange(
  ctx: ActionContext,
  received: Readonly<Record<string, unknown>>,
  { sourceManager, syncService, privilegedRoles }: SourceChangeDeps,
): Promise<void> {
  const { action } = ctx;
  switch (action.actionName) {
    case 'create': {
      const values = valuesToCreate(received.values, sourceManager);
      await requireNewSourceName(ctx.db, String(values.name));
      await requireGiver(ctx, values.rules, null, privilegedRoles);
      action.params.values = values;
      return;
    }
    case 'update': {
      const source = await sourceToUpdate(ctx);
      const values = valuesToUpdate(received.values, source, sourceManager);
      await requireGiver(ctx, values.rules, source.get('rules'), privilegedRoles);
      action.params.values = values;
      return;
    }
    case 'move':
      Object.assign(action.params, await checkMove(ctx, received));
      return;
    case 'destroy':
      await checkDestroy(ctx, syncService);
  }
}

/** One source at a time. */
async function sourceToUpdate(ctx: ActionContext): Promise<SyncSourceModel> {
  const filterByTk = ctx.action.params.filterByTk as number | string | undefined;
  if (filterByTk === undefined) throw malformed('filterByTk', 'integer');
  const source = (await ctx.db.getRepository(RESOURCE).findOne({ filterByTk })) as SyncSourceModel | null;
  if (!source) throw new SyncError('SOURCE_NOT_FOUND', { source: String(filterByTk) });
  return source;
}

async function checkDestroy(ctx: ActionContext, syncService: UserDataSyncService): Promise<void> {
  const { params } = ctx.action;
  const { filterByTk, filter } = params;
  if (filterByTk === undefined && filter === undefined) throw malformed('filterByTk', 'integer');
  const rows = (await ctx.db.getRepository(RESOURCE).find({ filterByTk, filter } as object)) as SyncSourceModel[];
  for (const source of rows) {
    if (source.name === API_SOURCE_NAME) throw new SyncError('SOURCE_BUILT_IN', { source: API_SOURCE_NAME });
    await syncService.requireIdle(source);
  }
  Object.assign(params, { filterByTk: rows.map(({ id }) => id), filter: undefined });
}
