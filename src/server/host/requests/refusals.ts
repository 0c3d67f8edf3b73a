import { SyncError } from '../../errors';
import { answerError } from './answer-error';
import type { ActionContext, Next } from './context';

/**
 * A middleware around every request, before authentication: what this plugin refuses inside actions of others (signing
 * in, changing a user) is answered in the language of the request.
 */
export async function translateRefusals(ctx: ActionContext, next: Next): Promise<void> {
  try {
    await next();
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    answerError(ctx, error);
  }
}
