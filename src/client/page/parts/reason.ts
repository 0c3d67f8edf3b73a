import type { Translate } from '../host';

interface Reasoned {
  readonly code: string | null;
  readonly params: Readonly<Record<string, string | number>> | null;
  readonly message: string | null;
}

/** Why a run is held, without what to do about it: beside it stands a way to decide. */
export function heldBecause({ params }: Pick<Reasoned, 'params'>, t: Translate): string {
  return t(`held.${params?.held}`, params ?? {});
}

/** Words among the values of a message that have a translation of their own: `expected.integer`, `holder.user`. */
const WORDS = ['dependents', 'expected', 'holder', 'held', 'kept', 'status'];

/** Why something failed, in the person's language; what earlier versions stored is shown as it is. */
export function reasonOf({ code, params, message }: Reasoned, t: Translate): string {
  if (!code) return message ?? '';
  const values: Record<string, string | number> = { ...params };
  for (const name of WORDS) {
    const key = `${name}.${values[name]}`;
    const word = name in values ? t(key, values) : key;
    if (word !== key) values[name] = word;
  }
  const key = `error.${code}`;
  const text = t(key, values);
  return text === key ? (message ?? code) : text;
}
