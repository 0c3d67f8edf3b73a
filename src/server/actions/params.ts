import { isStorable } from '../database/storable-text';
import { SyncError } from '../errors';
import type { ActionContext } from '../host/requests/context';

/** A parameter of the query or of the body. */
export function param(ctx: ActionContext, name: string): unknown {
  const { values, ...query } = ctx.action.params;
  return query[name] ?? (values as Record<string, unknown> | undefined)?.[name];
}

export function requireText(ctx: ActionContext, name: string): string {
  const value = param(ctx, name);
  if (typeof value !== 'string' || value === '' || !isStorable(value))
    throw new SyncError('INVALID_REQUEST', { path: name, expected: 'string' });
  return value;
}

/** A primary key; `filterByTk`, as the host calls it, stands in for `id`. */
export function requireId(ctx: ActionContext, name: string): string {
  const value = param(ctx, name === 'id' && param(ctx, 'id') === undefined ? 'filterByTk' : name);
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^\d{1,18}$/.test(text))
    throw new SyncError('INVALID_REQUEST', { path: name, expected: 'integer' });
  return text;
}

/** A flag that is `false` when it is not there. */
export function optionalFlag(ctx: ActionContext, name: string): boolean {
  const value = param(ctx, name) ?? false;
  if (typeof value !== 'boolean') throw new SyncError('INVALID_REQUEST', { path: name, expected: 'boolean' });
  return value;
}

/** The host accepts any method for any action; what changes state must not follow from opening a link. */
export function requirePost(ctx: ActionContext): void {
  if (ctx.method !== 'POST') throw new SyncError('METHOD_NOT_ALLOWED', { method: ctx.method });
}
