import { SyncError } from '../errors';
import type { ActionContext, Next } from '../host/requests/context';
import { presentable, translatorOf } from '../host/requests/translate';
import { isUnread } from './guard';

/**
 * Stands around every request, before the host reads it. The host answers a query that it cannot read (a filter that is
 * no JSON) with an empty 200, as if nothing was found, and an address that it cannot read with a 500.
 */
export async function unreadQueries(ctx: ActionContext, next: Next): Promise<void> {
  try {
    await next();
  } catch (error) {
    throw error instanceof URIError ? refusal(ctx, 'URL', 'encoding') : error;
  }
  if (isUnread(ctx)) throw refusal(ctx, 'filter', 'json');
}

function refusal(ctx: ActionContext, path: string, expected: string): Error {
  return presentable(new SyncError('INVALID_REQUEST', { path, expected }), translatorOf(ctx));
}
