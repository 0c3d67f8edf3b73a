import english from '../../locale/en-US.json';
import { boundedParams } from './bounded-params';
import type { ErrorCode, MessageParams } from './codes';

/** Translates a key of `src/locale`; `ctx.t` bound to this plugin's namespace, for example. */
export type Translate = (key: string, params: MessageParams) => string;

const texts: Readonly<Record<string, string>> = english;

/** The English text of a key with its placeholders filled in; what is stored and logged, where no language is known. */
export const inEnglish: Translate = (key, params) =>
  (texts[key] ?? key).replace(/\{\{(\w+)\}\}/g, (placeholder, name: string) => String(params[name] ?? placeholder));

/** Parameters whose values are words of ours, and so have texts of their own: `expected.string`, `status.failed`. */
const WORDS = ['dependents', 'expected', 'gives', 'holder', 'held', 'kept', 'protection', 'status'] as const;

const ABSENT = Object.fromEntries(WORDS.map((name) => [name, '']));

/** The message of a code, in the language of `translate`. No parameter makes it long. */
export function messageOf(code: ErrorCode, given: MessageParams = {}, translate: Translate = inEnglish): string {
  const params = boundedParams(given);
  const words = WORDS.map((name) => {
    const key = `${name}.${params[name]}`;
    const narrower = `${key}.${params.concerns}`;
    return [name, narrower in texts ? narrower : key] as const;
  }).filter(([, key]) => key in texts);
  const translated = words.map(([name, key]) => [name, translate(key, params)] as const);
  // A code may be said in more than one way; why, the parameter `because` says.
  const reason = `because.${code}.${params.because}`;
  // What an earlier version has stored may lack a word: then it is left out.
  const values = { ...ABSENT, ...params, ...Object.fromEntries(translated) };
  return translate(reason in texts ? reason : `error.${code}`, values);
}
