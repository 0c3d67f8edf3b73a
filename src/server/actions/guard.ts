import { SyncError } from '../errors';
import type { ActionContext, Next } from './context';
import { presentable, translatorOf } from './translate';

/** Resources whose actions only the actions of this plugin answer, and the host's own on its collections. */
const OWN_RESOURCE = /^userData(Sync\w+(\.\w+)?)?$/;
const OMITTED = { omitted: true };

/** Bodies of pushes that have been taken out of the way of the host. */
const bodies = new WeakMap<ActionContext, unknown>();

/**
 * Stands around every request for this plugin, before the host signs anybody in. Bodies stay out of the host's request
 * log, whether the request succeeds or is refused: it masks only passwords at the top level. The body of a push is taken
 * out before the host copies it, which takes time when it is large and overflows the stack when it is deep. A refusal
 * by the host gets a code like all others.
 */
export async function guard(ctx: ActionContext, next: Next): Promise<void> {
  const { resourceName, actionName } = ctx.action;
  if (!OWN_RESOURCE.test(resourceName)) return void (await next());
  if (isPush(ctx)) {
    bodies.set(ctx, ctx.action.params.values);
    ctx.action.params = { values: OMITTED };
  }
  try {
    await next();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw presentable(new SyncError('NO_PERMISSION', { action: `${resourceName}:${actionName}` }), translatorOf(ctx));
  } finally {
    if (ctx.action.params.values !== undefined) ctx.action.params.values = OMITTED;
  }
}

/** The body of a push, as received. */
export function receivedBody(ctx: ActionContext): unknown {
  return bodies.has(ctx) ? bodies.get(ctx) : ctx.action.params.values;
}

function isPush({ action: { resourceName, actionName } }: ActionContext): boolean {
  return resourceName === 'userData' && actionName === 'push';
}

function isRefusal(error: unknown): boolean {
  const { status, code } = error as { status?: unknown; code?: unknown };
  return status === 403 && code === undefined;
}
