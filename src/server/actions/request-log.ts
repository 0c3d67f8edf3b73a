import type { ActionContext, Next } from './context';

/**
 * The host's request log writes the body of every action once it is over, also of one that was refused. What was pushed
 * is in the payload log, with secrets masked, and the options of a source are nobody's to read: both are taken out. It
 * stands before sign-in is checked, because a request that is refused there is logged too.
 */
export async function keepOutOfRequestLog(ctx: ActionContext, next: Next): Promise<void> {
  try {
    await next();
  } finally {
    const { resourceName, actionName, params } = ctx.action;
    const isPush = resourceName === 'userData' && actionName === 'push';
    if (params.values !== undefined && (isPush || resourceName.startsWith('userDataSyncSources'))) {
      params.values = { omitted: true };
    }
  }
}
