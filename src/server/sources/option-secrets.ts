import { SyncError } from '../errors';
import { looksLikeSecret, MASK } from '../security/secrets';

/** Encrypts and decrypts text with a key of the installation; the host's `app.aesEncryptor`. */
export interface Encryptor {
  encrypt(text: string): Promise<string>;
  decrypt(text: string): Promise<string>;
}

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
 * value, `null` removes it. `previous` is what is stored now.
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
    const before = stored[name];
    if (isSealed(value)) {
      if (!isSealed(before) || before[SEAL] !== value[SEAL])
        throw new SyncError('SOURCE_OPTIONS_INVALID', { path: name, expected: 'value' });
      sealed[name] = before;
    } else if (!isSecret(name)) {
      sealed[name] = isObject(value) ? await sealOptions(value, before, isSecret, encryptor) : value;
    } else if (isSealed(before) && (value === '' || value === undefined || value === MASK)) {
      sealed[name] = before;
    } else if (value !== null && value !== '' && value !== undefined) {
      sealed[name] = { [SEAL]: await encryptor.encrypt(JSON.stringify(value)) };
    }
  }
  for (const [name, value] of Object.entries(stored)) {
    if (isSealed(value) && !(name in given)) sealed[name] = value;
  }
  return sealed;
}

/**
 * Options that were stored by a version that did not encrypt, with their secrets encrypted. Everything else stays,
 * also an empty secret, so that the source gets what it got before.
 */
export async function sealPlainSecrets(options: unknown, isSecret: IsSecret, encryptor: Encryptor): Promise<unknown> {
  if (!isObject(options)) return options;
  const sealed: SealedOptions = {};
  for (const [name, value] of Object.entries(options)) {
    const isPlain = isSecret(name) && !isSealed(value) && value !== null && value !== '';
    if (isPlain) sealed[name] = { [SEAL]: await encryptor.encrypt(JSON.stringify(value)) };
    else sealed[name] = isSealed(value) ? value : await sealPlainSecrets(value, isSecret, encryptor);
  }
  return sealed;
}

/** Options with their secrets decrypted, for the source itself. */
export async function openOptions(sealed: unknown, encryptor: Encryptor): Promise<Record<string, unknown>> {
  const opened: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(asObject(sealed))) {
    if (isSealed(value)) opened[name] = JSON.parse(await encryptor.decrypt(value[SEAL])) as unknown;
    else opened[name] = isObject(value) ? await openOptions(value, encryptor) : value;
  }
  return opened;
}

/** Options without their secrets, for the page, and the names of the secrets that are set. */
export function publicOptions(
  sealed: unknown,
  isSecret: IsSecret,
): { options: Record<string, unknown>; secretsSet: string[] } {
  const options: Record<string, unknown> = {};
  const secretsSet: string[] = [];
  for (const [name, value] of Object.entries(asObject(sealed))) {
    if (isSealed(value) || isSecret(name)) {
      if (value !== null && value !== '') secretsSet.push(name);
    } else if (isObject(value)) {
      const nested = publicOptions(value, isSecret);
      options[name] = nested.options;
      secretsSet.push(...nested.secretsSet.map((inner) => `${name}.${inner}`));
    } else {
      options[name] = value;
    }
  }
  return { options, secretsSet };
}

function isSealed(value: unknown): value is Sealed {
  return isObject(value) && typeof value[SEAL] === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const asObject = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {});
