import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { DeliveryPart } from '../../records/parts';

/** AES-256-GCM, with a nonce of 96 bits as NIST SP 800-38D recommends. */
const CIPHER = 'aes-256-gcm';
const KEY_LENGTH = 32;
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;
/** Records repeat each other, so that even the fastest level makes them five to ten times smaller. */
const COMPRESSION = { level: 1 } as const;

/** What the last row of a spool says: everything has come, in so many parts. */
export interface SpoolEnd {
  readonly parts: number;
}

/** What one row of a spool contains. */
export type SpoolEntry = { readonly part: DeliveryPart } | { readonly end: SpoolEnd };

export const newKey = (): Buffer => randomBytes(KEY_LENGTH);

/**
 * An entry as text: compressed, and encrypted together with its place, so that rows can neither be read nor changed nor
 * put elsewhere without the key.
 */
export function sealEntry(entry: SpoolEntry, key: Buffer, position: number): string {
  const nonce = randomBytes(NONCE_LENGTH);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(placeOf(position));
  const content = deflateRawSync(toBytes(entry), COMPRESSION);
  return Buffer.concat([nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

/** Throws when the text was not made with this key for this place. */
export function openEntry(sealed: string, key: Buffer, position: number): SpoolEntry {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_LENGTH), { authTagLength: TAG_LENGTH });
  decipher.setAAD(placeOf(position)).setAuthTag(bytes.subarray(-TAG_LENGTH));
  const content = decipher.update(bytes.subarray(NONCE_LENGTH, -TAG_LENGTH));
  return fromBytes(inflateRawSync(Buffer.concat([content, decipher.final()])));
}

const placeOf = (position: number) => Buffer.from(String(position));

/** A function cannot be stored, but the index of each record says where it stood. */
interface StoredPart extends Omit<DeliveryPart, 'locate'> {
  readonly paths?: readonly string[];
}

/**
 * Values that JSON does not have, such as dates, come back as they were; what nothing can copy, such as a function in a
 * record of another plugin, is left out as JSON leaves it out.
 */
function toBytes(entry: SpoolEntry): Buffer {
  if ('end' in entry) return serialize(entry);
  const { locate, ...part } = entry.part;
  const paths = part.records.map((_, index) => locate?.(index) ?? ordinaryPath(part.first, index));
  const stored: StoredPart = isOrdinary(paths, part.first) ? part : { ...part, paths };
  try {
    return serialize({ part: stored });
  } catch {
    const records = JSON.parse(JSON.stringify(part.records, withoutBigInts)) as unknown[];
    return serialize({ part: { ...stored, records } });
  }
}

function fromBytes(bytes: Buffer): SpoolEntry {
  const entry = deserialize(bytes) as { readonly part: StoredPart } | { readonly end: SpoolEnd };
  if ('end' in entry) return entry;
  const { paths, ...part } = entry.part;
  return { part: { ...part, locate: (index) => paths?.[index] ?? ordinaryPath(part.first, index) } };
}

const ordinaryPath = (first: number, index: number) => `records[${first + index}]`;

const isOrdinary = (paths: readonly string[], first: number) =>
  paths.every((path, index) => path === ordinaryPath(first, index));

const withoutBigInts = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
