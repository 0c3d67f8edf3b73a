const SECRET_WORDS = new Set([
  'password',
  'passwd',
  'passphrase',
  'pwd',
  'secret',
  'token',
  'credential',
  'credentials',
  'authorization',
  'cookie',
  'apikey',
  'corpsecret',
  'appsecret',
  'clientsecret',
]);
const SECRET_PAIRS = new Set(['api key', 'private key', 'access key', 'secret key', 'signing key', 'encryption key']);

/** Nesting deeper than this is masked as a whole: no honest payload is that deep. */
const MAX_DEPTH = 32;

/** What stands where a secret was. */
export const MASK = '******';

/**
 * Whether a key names a secret: `password`, `userPassword`, `client_secret`, `apiKey`, `ACCESS-TOKEN`, …
 * Words are compared, not substrings, so `secretary` and `tokenizer` are no secrets.
 */
export function looksLikeSecret(key: string): boolean {
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map((word) => word.replace(/\d+$/, ''));
  return words.some((word, index) => SECRET_WORDS.has(word) || SECRET_PAIRS.has(`${word} ${words[index + 1] ?? ''}`));
}

/** A copy of a JSON value in which the value of every key that looks like a secret is masked, at any depth. */
export function maskSecrets(value: unknown): unknown {
  const mask = (item: unknown, depth: number): unknown => {
    if (item === null || typeof item !== 'object') return item;
    if (depth > MAX_DEPTH) return MASK;
    if (Array.isArray(item)) return item.map((element) => mask(element, depth + 1));
    if (item instanceof Date) return item.toJSON();
    const masked: Record<string, unknown> = {};
    for (const [key, element] of Object.entries(item)) {
      if (key === '__proto__') continue;
      masked[key] = element !== null && isKnownSecret(key) ? MASK : mask(element, depth + 1);
    }
    return masked;
  };
  return mask(value, 0);
}

/** Records have the same few keys again and again; a hostile one may bring any number of others. */
const VERDICT_LIMIT = 10_000;
const verdicts = new Map<string, boolean>();

function isKnownSecret(key: string): boolean {
  let verdict = verdicts.get(key);
  if (verdict === undefined) {
    verdict = looksLikeSecret(key);
    if (verdicts.size < VERDICT_LIMIT) verdicts.set(key, verdict);
  }
  return verdict;
}
