import { SyncError } from '../../errors';
import type { ActionContext } from './context';
import { presentable, translatorOf } from './translate';

/**
 * Answers a request that fails. The host's error handler shows code and message and nothing more, so an error that has
 * more to say is written here; all others are thrown for it.
 */
export function answerError(ctx: ActionContext, error: unknown): void {
  if (!(error instanceof SyncError) || !error.answer) throw presentable(error, translatorOf(ctx));
  const { code, status } = error;
  const { taskId, retryAfter } = error.answer;
  ctx.status = status;
  ctx.withoutDataWrapping = true;
  if (retryAfter !== undefined) ctx.set('Retry-After', String(retryAfter));
  const message = error.translated(translatorOf(ctx));
  ctx.body = { errors: [{ code, message, ...(taskId === undefined ? {} : { taskId: idOf(taskId) }) }] };
}

/** Some databases give ids as text. */
const idOf = (id: number | string) => (Number.isSafeInteger(Number(id)) ? Number(id) : id);
