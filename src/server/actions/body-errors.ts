import { SyncError } from '../errors';
import type { ActionContext, Next } from '../host/requests/context';
import { translatorOf } from '../host/requests/translate';

interface BodyError {
  name?: string;
  status?: number;
  code?: string;
}

/** An action of this plugin, in an address. */
const OWN_ACTION = /\/userData(Sync\w+(\.\w+)?)?:/;
const PUSH = /\/userData:push\b/;

/**
 * Requests to this plugin whose body is too large or cannot be read fail before any action is reached, and the host answers
 * them in plain text. This puts the answer in the form of all others.
 */
export async function bodyErrors(ctx: ActionContext, next: Next): Promise<void> {
  try {
    await next();
  } catch (error) {
    const known = OWN_ACTION.test(ctx.path) ? explain(error as BodyError, PUSH.test(ctx.path)) : undefined;
    if (!known) throw error;
    ctx.status = known.status;
    ctx.body = { errors: [{ code: known.code, message: known.translated(translatorOf(ctx)) }] };
  }
}

function explain(error: BodyError, isPush: boolean): SyncError | undefined {
  // With a code it is an answer of ours.
  if (error.status === 413 && error.code === undefined)
    return new SyncError('BODY_TOO_LARGE', {
      limit: process.env.REQUEST_BODY_LIMIT ?? '10mb',
      // The body was not read, so its mode is not known.
      ...(isPush ? { because: 'push' } : {}),
    });
  if (error.status === 415)
    return new SyncError('INVALID_REQUEST', { path: 'Content-Encoding', expected: 'gzip, deflate, br' });
  // The compressed body is none, or what it holds is no JSON.
  if (error.code?.startsWith('Z_') || (error.status === 400 && error.name === 'SyntaxError'))
    return new SyncError('BODY_NOT_JSON');
  return undefined;
}
