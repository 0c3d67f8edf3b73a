import { isUniqueViolation } from '../database/faults';
import { reasonOf, SyncError } from '../errors';
import { errorStatus } from '../errors/codes';
import { answerError } from '../host/requests/answer-error';
import type { ActionContext, Next } from '../host/requests/context';
import { presentable, translatorOf } from '../host/requests/translate';
import { findExcess, hasWideObject, MAX_MEMBERS, REQUEST_BOUNDS, SHORT_BODY } from '../limits';
import { inBreaths } from '../pacing';
import { isOwnCollection } from './resources/available-actions';

const OMITTED = { omitted: true };
/** The host says in the words of a form which value cannot be saved, and answers them with 400. */
const ABOUT_VALUES = ['SequelizeValidationError', 'SequelizeUniqueConstraintError'];

/** What requests came with, once it has been taken out of the way of the host. */
const received = new WeakMap<ActionContext, ActionContext['action']['params']>();
const guarded = new WeakSet<ActionContext>();

/**
 * A middleware around every request for this plugin, before authentication. Bodies stay out of the host's request
 * log, whether the request succeeds or is refused: it masks only passwords at the top level. The body of a push, and all
 * that comes with a request for a collection, is taken out before the host copies it, which takes time when it is large
 * and overflows the stack when it is deep; every other request that is as large or deep is refused. A refusal by the host
 * gets a code like all others, and an unexpected error is told to the log only.
 */
export async function guard(ctx: ActionContext, next: Next): Promise<void> {
  const { resourceName, actionName } = ctx.action;
  if (!isOwnResource(resourceName)) return void (await next());
  guarded.add(ctx);
  if (isPush(ctx) || isOwnCollection(resourceName)) {
    received.set(ctx, ctx.action.params);
    ctx.action.params = isPush(ctx) ? { values: OMITTED } : {};
  }
  try {
    await requireNarrow(ctx);
    requireBounded(ctx);
    await next();
  } catch (error) {
    if (isNameTaken(error, resourceName))
      return answerError(ctx, new SyncError('INVALID_REQUEST', { path: 'name', expected: 'unusedName' }));
    if (error instanceof SyncError) return answerError(ctx, error);
    const refused = new SyncError('NO_PERMISSION', { action: `${resourceName}:${actionName}` });
    throw told(isRefusal(error) ? refused : error, ctx);
  } finally {
    if (ctx.action.params.values !== undefined) ctx.action.params.values = OMITTED;
  }
}

/** All that came with a request, in its query and body. */
export function receivedParams(ctx: ActionContext): Readonly<Record<string, unknown>> {
  return received.get(ctx) ?? ctx.action.params;
}

/** The body of a push, as received. */
export function receivedBody(ctx: ActionContext): unknown {
  return receivedParams(ctx).values;
}

/** Whether a request is for this plugin, and the host did not even read what came with it. */
export function isUnread(ctx: ActionContext): boolean {
  const { action } = ctx as Partial<ActionContext>;
  return action !== undefined && isOwnResource(action.resourceName) && !guarded.has(ctx);
}

/** Resources whose actions only the actions of this plugin answer, and the host's own on its collections. */
function isOwnResource(resourceName: string): boolean {
  return resourceName === 'userData' || isOwnCollection(resourceName);
}

async function requireNarrow({ request }: ActionContext): Promise<void> {
  const json = request?.rawBody;
  if (typeof json !== 'string' || json.length < SHORT_BODY) return;
  if (await inBreaths(hasWideObject(json, MAX_MEMBERS)))
    throw new SyncError('INVALID_REQUEST', { path: 'body', expected: 'membersUpTo', max: MAX_MEMBERS });
}

/** What a push may have is judged record by record. */
function requireBounded(ctx: ActionContext): void {
  if (isPush(ctx)) return;
  for (const [name, value] of Object.entries(receivedParams(ctx))) {
    const excess = findExcess(value, name === 'values' ? 'body' : name, REQUEST_BOUNDS);
    if (excess) throw new SyncError('INVALID_REQUEST', { ...excess });
  }
}

function isPush({ action: { resourceName, actionName } }: ActionContext): boolean {
  return resourceName === 'userData' && actionName === 'push';
}

/** Of what a person may write here, only the name of a source has to be unique. */
function isNameTaken(error: unknown, resourceName: string): boolean {
  return isUniqueViolation(error) && resourceName === 'userDataSyncSources';
}

function isRefusal(error: unknown): boolean {
  const { status, code } = error as { status?: unknown; code?: unknown };
  return status === 403 && code === undefined;
}

/** What of an error is answered. Others' messages may hold anything: statements, paths, rows. */
function told(error: unknown, ctx: ActionContext): unknown {
  if (error instanceof SyncError) return presentable(error, translatorOf(ctx));
  const { status, statusCode = status, code, name } = error as Partial<Record<string, unknown>>;
  const isRefusedByHost = typeof statusCode === 'number' && statusCode < 500;
  const isTold = typeof code === 'string' && Object.hasOwn(errorStatus, code);
  if (isRefusedByHost || isTold || ABOUT_VALUES.includes(String(name))) return error;
  ctx.log.error(reasonOf(error), { stack: (error as Error).stack });
  return presentable(error, translatorOf(ctx));
}
