import { SyncError } from '../errors';
import type { ActionContext, Next } from './context';
import { presentable, translatorOf } from './translate';

/**
 * Stands around every request, before the host finds out who sends it: what this plugin refuses inside actions of others
 * (signing in, changing a user) is answered in the language of the request.
 */
export async function translateRefusals(ctx: ActionContext, next: Next): Promise<void> {
  try {
    await next();
  } catch (error) {
    throw error instanceof SyncError ? presentable(error, translatorOf(ctx)) : error;
  }
}
