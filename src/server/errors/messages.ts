import english from '../../locale/en-US.json';
import type { ErrorCode, MessageParams } from './codes';

/** Translates a key of `src/locale`; `ctx.t` bound to this plugin's namespace, for example. */
export type Translate = (key: string, params: MessageParams) => string;

const texts: Readonly<Record<string, string>> = english;

/** The English text of a key with its placeholders filled in; what is stored and logged, where no language is known. */
export const inEnglish: Translate = (key, params) =>
  (texts[key] ?? key).replace(/\{\{(\w+)\}\}/g, (placeholder, name: string) => String(params[name] ?? placeholder));

/** Parameters whose values are words of ours, and so have texts of their own: `expected.string`, `status.failed`. */
const WORDS = ['dependents', 'expected', 'holder', 'held', 'kept', 'status'] as const;

/** The message of a code, in the language of `translate`. */
export function messageOf(code: ErrorCode, params: MessageParams = {}, translate: Translate = inEnglish): string {
  const words = WORDS.map((name) => [name, `${name}.${params[name]}`] as const).filter(([, key]) => key in texts);
  const translated = words.map(([name, key]) => [name, translate(key, params)] as const);
  return translate(`error.${code}`, { ...params, ...Object.fromEntries(translated) });
}
