import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Application } from '@nocobase/server';
import { BUILT_IN_NAME, BUILT_IN_PACKAGE, OWN_PACKAGE } from '../model/names';

type Texts = Record<string, string>;

/** What a language may be called. The name comes with requests, and becomes a part of a path. */
const LANGUAGE = /^[a-z]{2,3}([-_][a-z0-9]+)*$/i;

/**
 * The host offers the texts of plugins that are loaded. Other plugins, and titles of fields that earlier versions of
 * this plugin left in the database, ask for texts of the built-in one: they get its texts and ours.
 */
export function offerBuiltInTexts(app: Pick<Application, 'localeManager'>): void {
  app.localeManager.registerResourceStorer(OWN_PACKAGE, {
    getResources: async (language) => {
      const texts = { ...(await textsOf(BUILT_IN_PACKAGE, language)), ...(await textsOf(OWN_PACKAGE, language)) };
      return { [`resources.${BUILT_IN_PACKAGE}`]: texts, [`resources.${BUILT_IN_NAME}`]: texts };
    },
    reset: async () => {},
  });
}

async function textsOf(packageName: string, language: string): Promise<Texts> {
  if (!LANGUAGE.test(language)) return {};
  const file = path.resolve(process.env.NODE_MODULES_PATH ?? '', packageName, 'dist/locale', `${language}.json`);
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Texts;
  } catch {
    return {};
  }
}
