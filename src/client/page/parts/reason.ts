import type { Translate } from '../host';

interface Reasoned {
  readonly code: string | null;
  readonly params: Readonly<Record<string, string | number>> | null;
  readonly message: string | null;
}

/** Why a run is held, without what to do about it: beside it stands a way to decide. */
export function heldBecause({ params }: Pick<Reasoned, 'params'>, t: Translate): string {
  return wordOf(`held.${params?.held}`, params ?? {}, t);
}

/** Words among the values of a message that have a translation of their own: `expected.integer`, `holder.user`. */
const WORDS = ['dependents', 'expected', 'gives', 'holder', 'held', 'kept', 'protection', 'status'];

/** A text for a run that is about users or departments only, where there is one, or the one for both. */
function wordOf(key: string, params: Readonly<Record<string, string | number>>, t: Translate): string {
  const narrower = `${key}.${params.concerns}`;
  const word = t(narrower, params);
  return word === narrower ? t(key, params) : word;
}

/** Why something failed, in the person's language; what earlier versions stored is shown as it is. */
export function reasonOf({ code, params, message }: Reasoned, t: Translate): string {
  if (!code) return message ?? '';
  const values: Record<string, string | number> = { ...params };
  for (const name of WORDS) {
    const key = `${name}.${values[name]}`;
    const word = name in values ? wordOf(key, values, t) : key;
    if (word !== key) values[name] = word;
  }
  // A code may be said in more than one way; why, the parameter `because` says.
  for (const key of [`because.${code}.${values.because}`, `error.${code}`]) {
    const text = t(key, values);
    if (text !== key) return text;
  }
  return message ?? code;
}
