import type { ActionContext, Next } from './context';
import { SyncError } from '../errors';

interface BodyError extends Error {
  status?: number;
  type?: string;
}

/**
 * Requests to `userData` whose body is too large or no JSON fail before any action is reached, and the host answers
 * them in plain text. This puts the answer in the form of all others. It runs before languages are known: in English.
 */
export async function bodyErrors(ctx: ActionContext, next: Next): Promise<void> {
  try {
    await next();
  } catch (error) {
    const known = /\/userData:/.test(ctx.path) && error instanceof Error ? explain(error) : undefined;
    if (!known) throw error;
    ctx.status = known.status;
    ctx.body = { errors: [{ code: known.code, message: known.message }] };
  }
}

function explain(error: BodyError): SyncError | undefined {
  if (error.status === 413) return new SyncError('BODY_TOO_LARGE', { limit: process.env.REQUEST_BODY_LIMIT ?? '10mb' });
  if (error.status === 400 && error instanceof SyntaxError) return new SyncError('BODY_NOT_JSON');
  return undefined;
}
