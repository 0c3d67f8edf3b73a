import { isStorable } from '../database/storable-text';
import type { ErrorCode, MessageParams } from '../errors';

/** The `sourceUk` column is a string of 255 characters on every database. */
const MAX_UID_LENGTH = 255;

/** Why nothing of a record is applied. */
export class BadRecord extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly params: MessageParams,
  ) {
    super(code);
  }
}

/** Numbers are taken, and become text. */
export function parseUid(value: unknown, path: string): string {
  if (isEmpty(value)) throw new BadRecord('UID_MISSING', { path });
  const uid = typeof value === 'number' && isExact(value) ? String(value) : value;
  if (typeof uid !== 'string' || uid.length > MAX_UID_LENGTH || !isStorable(uid) || uid.trim() === '') {
    throw new BadRecord('UID_INVALID', { path });
  }
  return uid;
}

/** Larger numbers have lost digits on their way here: two records could have got the same uid. */
function isExact(value: number): boolean {
  return Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value));
}

/** The uid of a record, as far as it can be read. */
export function uidOrNull(value: unknown): string | null {
  try {
    return isPlainObject(value) ? parseUid(value.uid, 'uid') : null;
  } catch (error) {
    if (error instanceof BadRecord) return null;
    throw error;
  }
}

export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
