import { ELLIPSIS, RECORD_BOUNDS } from '../limits';
import { namesSecret } from './secret-names';
import { setOwn } from './set-own';

/** Nesting deeper than this is masked as a whole: no honest payload is that deep. */
const MAX_DEPTH = RECORD_BOUNDS.depth;

/** What stands where a secret was. */
export const MASK = '******';

/**
 * A copy of a JSON value in which the value of every key that looks like a secret is masked, at any depth. Of a value
 * that has more than `most` values inside, the rest is left out, and `…` says so.
 */
export function maskSecrets(value: unknown, most = Infinity): unknown {
  let left = most;
  const mask = (item: unknown, depth: number): unknown => {
    if (item === null || typeof item !== 'object') return item;
    if (depth > MAX_DEPTH) return MASK;
    if (item instanceof Date) return item.toJSON();
    return Array.isArray(item) ? maskList(item, depth) : maskObject(item as Record<string, unknown>, depth);
  };
  const maskList = (items: readonly unknown[], depth: number): unknown[] => {
    const masked: unknown[] = [];
    for (const item of items) {
      if (left <= 0) return [...masked, ELLIPSIS];
      left -= 1;
      masked.push(mask(item, depth + 1));
    }
    return masked;
  };
  const maskObject = (item: Readonly<Record<string, unknown>>, depth: number): Record<string, unknown> => {
    const masked: Record<string, unknown> = {};
    for (const key of Object.keys(item)) {
      if (left <= 0) return { ...masked, [ELLIPSIS]: ELLIPSIS };
      left -= 1;
      if (key === '__proto__') continue;
      const element = item[key];
      setOwn(masked, key, element !== null && looksLikeSecret(key) ? MASK : mask(element, depth + 1));
    }
    return masked;
  };
  return mask(value, 0);
}

/** Whether a value is what stands where a secret was, or has it inside. */
export function isMasked(value: unknown, depth = 0): boolean {
  if (value === MASK) return true;
  if (typeof value !== 'object' || value === null) return false;
  return depth > MAX_DEPTH || Object.values(value).some((item) => isMasked(item, depth + 1));
}

/** Records have the same few keys again and again; a hostile one may bring any number of others. */
const VERDICT_LIMIT = 10_000;
const verdicts = new Map<string, boolean>();

/** Whether a key names a secret. */
export function looksLikeSecret(key: string): boolean {
  // No field has such a name, and looking at it takes time.
  if (key.length > RECORD_BOUNDS.nameLength) return true;
  let verdict = verdicts.get(key);
  if (verdict === undefined) {
    verdict = namesSecret(key);
    if (verdicts.size < VERDICT_LIMIT) verdicts.set(key, verdict);
  }
  return verdict;
}
