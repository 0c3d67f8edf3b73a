import type { Encryptor } from '../security/encryptor';
import { SyncError } from '../errors';
import { looksLikeSecret, MASK } from '../security/secrets';
import { setOwn } from '../security/set-own';
import { isObject } from '../validation';

/** Options as they are stored: the value of every secret is `{ $encrypted: … }`. */
export type SealedOptions = Record<string, unknown>;

/** Says whether the option of a name is a secret. */
export type IsSecret = (name: string) => boolean;

const SEAL = '$encrypted';
interface Sealed {
  [SEAL]: string;
}

/** A source type may declare secret options; whatever looks like a secret is one anyway. */
export const secretOptions =
  (declared: readonly string[] = []): IsSecret =>
  (name) =>
    declared.includes(name) || looksLikeSecret(name);

/**
 * Options as they are to be stored. Secrets are write-only: one that is absent, empty or still masked keeps its stored
 * value, `null` removes it. `previous` is what is stored now. Items of lists are compared by their place.
 */
export async function sealOptions(
  options: unknown,
  previous: unknown,
  isSecret: IsSecret,
  encryptor: Encryptor,
): Promise<SealedOptions> {
  const given = asObject(options);
  const stored = asObject(previous);
  const sealed: SealedOptions = {};
  for (const [name, value] of Object.entries(given)) {
    const before = Object.hasOwn(stored, name) ? stored[name] : undefined;
    if (isSealed(value)) {
      if (!isSealed(before) || before[SEAL] !== value[SEAL])
        throw new SyncError('SOURCE_OPTIONS_INVALID', { path: name, expected: 'value' });
      setOwn(sealed, name, before);
    } else if (!isSecret(name)) {
      setOwn(sealed, name, await sealValue(value, before, isSecret, encryptor));
    } else if (isSealed(before) && (value === '' || value === undefined || value === MASK)) {
      setOwn(sealed, name, before);
    } else if (value !== null && value !== '' && value !== undefined) {
      setOwn(sealed, name, { [SEAL]: await encryptor.encrypt(JSON.stringify(value)) });
    }
  }
  for (const [name, value] of Object.entries(stored)) {
    if (Object.hasOwn(given, name)) continue;
    const kept = secretsIn(value);
    if (kept !== undefined) setOwn(sealed, name, kept);
  }
  return sealed;
}

async function sealValue(value: unknown, before: unknown, isSecret: IsSecret, encryptor: Encryptor): Promise<unknown> {
  if (isObject(value)) return sealOptions(value, before, isSecret, encryptor);
  if (!Array.isArray(value)) return value;
  const stored: unknown[] = Array.isArray(before) ? before : [];
  return Promise.all(
    value.map(async (item: unknown, index) => {
      if (isSealed(item)) throw new SyncError('SOURCE_OPTIONS_INVALID', { path: SEAL, expected: 'value' });
      return sealValue(item, stored[index], isSecret, encryptor);
    }),
  );
}

/** What stays of an option that is absent: the secrets in it, if there are any. Lists are replaced as a whole. */
function secretsIn(stored: unknown): unknown {
  if (isSealed(stored)) return stored;
  if (!isObject(stored)) return undefined;
  const kept = Object.entries(stored).flatMap(([name, value]) => {
    const secrets = secretsIn(value);
    return secrets === undefined ? [] : [[name, secrets] as const];
  });
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

/**
 * Options that were stored by a version that did not encrypt, with their secrets encrypted. Everything else stays,
 * also an empty secret, so that the source gets what it got before.
 */
export async function sealPlainSecrets(options: unknown, isSecret: IsSecret, encryptor: Encryptor): Promise<unknown> {
  if (Array.isArray(options)) return Promise.all(options.map((item) => sealPlainSecrets(item, isSecret, encryptor)));
  if (!isObject(options)) return options;
  const sealed: SealedOptions = {};
  for (const [name, value] of Object.entries(options)) {
    const isPlain = isSecret(name) && !isSealed(value) && value !== null && value !== '';
    if (isPlain) setOwn(sealed, name, { [SEAL]: await encryptor.encrypt(JSON.stringify(value)) });
    else setOwn(sealed, name, isSealed(value) ? value : await sealPlainSecrets(value, isSecret, encryptor));
  }
  return sealed;
}

/** Options with their secrets decrypted, for the source itself. */
export function openOptions(sealed: unknown, encryptor: Encryptor): Record<string, unknown> {
  const opened: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(asObject(sealed))) setOwn(opened, name, openValue(value, encryptor));
  return opened;
}

function openValue(value: unknown, encryptor: Encryptor): unknown {
  if (isSealed(value)) return JSON.parse(encryptor.decryptSync(value[SEAL])) as unknown;
  if (Array.isArray(value)) return value.map((item) => openValue(item, encryptor));
  return isObject(value) ? openOptions(value, encryptor) : value;
}

/** Options without their secrets, for the page, and the names of the secrets that are set. */
export function publicOptions(
  sealed: unknown,
  isSecret: IsSecret,
): { options: Record<string, unknown>; secretsSet: string[] } {
  const secretsSet: string[] = [];
  const showAll = (value: unknown, path: string): Record<string, unknown> => {
    const shown: Record<string, unknown> = {};
    for (const [name, item] of Object.entries(asObject(value))) {
      const isHidden = isSealed(item) || isSecret(name);
      if (isHidden && item !== null && item !== '') secretsSet.push(`${path}${name}`);
      if (!isHidden) setOwn(shown, name, show(item, `${path}${name}`));
    }
    return shown;
  };
  const show = (value: unknown, path: string): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => show(item, `${path}.${index}`));
    return isObject(value) ? showAll(value, `${path}.`) : value;
  };
  return { options: showAll(sealed, ''), secretsSet };
}

/** A shorter secret would be found in every other word. */
const MASKABLE_LENGTH = 4;

/** Masks the values of secret options in a text, as they are and as a part of an address. `options` are decrypted. */
export function maskOptions(options: unknown, isSecret: IsSecret): (text: string) => string {
  const secrets = new Set<string>();
  const collect = (value: unknown, isHidden: boolean): void => {
    if (typeof value === 'object' && value !== null) {
      const isList = Array.isArray(value);
      for (const [name, item] of Object.entries(value)) collect(item, isHidden || (!isList && isSecret(name)));
    } else if (isHidden && String(value).length >= MASKABLE_LENGTH) {
      secrets.add(String(value)).add(inAddress(String(value)));
    }
  };
  collect(options, false);
  // A secret may be a part of another one.
  const longestFirst = [...secrets].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
}

/** A secret as it is written in a URL. `encodeURIComponent` throws for a lone surrogate, so those are left out. */
const inAddress = (text: string): string => encodeURIComponent(text.replace(/\p{Cs}/gu, ''));

/** The path of the first value that is encrypted already: nobody outside has such values to give. */
export function sealedPath(value: unknown, path: string): string | undefined {
  if (isSealed(value)) return path;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, item] of Object.entries(value)) {
    const found = sealedPath(item, `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isSealed(value: unknown): value is Sealed {
  return isObject(value) && typeof value[SEAL] === 'string';
}

const asObject = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {});
