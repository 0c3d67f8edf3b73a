import { inEnglish, SyncError, type Translate } from '../../errors';
import { OWN_PACKAGE } from '../../model/names';
import type { ActionContext } from './context';

/** The host offers the plugin's texts under the name of its package. */
export const NAMESPACE = OWN_PACKAGE;

/** Translates into the language of a request. Values are data, not HTML: they are not escaped. */
export function translatorOf(ctx: ActionContext): Translate {
  return (key, params) =>
    ctx.t(key, {
      ...params,
      ns: NAMESPACE,
      defaultValue: inEnglish(key, {}),
      interpolation: { escapeValue: false },
    });
}

/** An error as the host's error handler shows it: status, code, and a message in the language of the request. */
export function presentable(error: unknown, translate: Translate): Error {
  const known = error instanceof SyncError ? error : new SyncError('INTERNAL_ERROR');
  const { status, code } = known;
  return Object.assign(new Error(known.translated(translate)), { status, code, stack: known.stack });
}
