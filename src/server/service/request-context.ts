import type { Context } from '@nocobase/actions';
import type { Application } from '@nocobase/server';
import type { RunRequest } from '../model/run-request';

/** The part of i18next that is used here. */
interface Translator {
  readonly language: string;
  cloneInstance(options: object): Translator;
  changeLanguage(language: string): Promise<unknown>;
  t(key: string, options?: object): string;
}

/** What is kept of a request for the run that it asks for. */
export function requestOf(ctx: Context | undefined): RunRequest {
  const { state, getCurrentLocale } = (ctx ?? {}) as {
    readonly state?: { readonly currentUser?: { readonly id?: number | string } };
    readonly getCurrentLocale?: () => string | undefined;
  };
  return { userId: state?.currentUser?.id, language: getCurrentLocale?.() };
}

/**
 * What a source sees of the request that asked for its run: the application, the person and the language. The request
 * itself may have been answered long ago, by another process.
 */
export async function contextOf(app: Application, { userId, language }: RunRequest): Promise<Context> {
  const i18n = (app.i18n as unknown as Translator).cloneInstance({ initImmediate: false });
  const locale = language ?? i18n.language;
  await i18n.changeLanguage(locale);
  const user: unknown =
    userId === undefined ? null : await app.db.getRepository('users').findOne({ filterByTk: userId });
  const context = Object.create(app.context) as object;
  return Object.assign(context, {
    app,
    log: app.log,
    logger: app.logger,
    state: { ...(user ? { currentUser: user } : {}) },
    i18n,
    t: i18n.t.bind(i18n),
    getCurrentLocale: () => locale,
  }) as unknown as Context;
}
