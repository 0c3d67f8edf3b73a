import { isStorable } from '../database/storable-text';
import { SyncError, type ErrorCode, type MessageParams } from '../errors';
import { isMasked, maskSecrets } from '../security/secrets';
import { RECORD_BOUNDS } from '../limits';
import { mapRecord } from './mapping';
import { excessOf } from './too-large';
import type { Delivery, Membership, Rejection, SyncDataType, SyncRecord, UserDataRecord, Warning } from './types';

/** What a delivery says, once understood. */
export interface NormalisedDelivery {
  readonly records: SyncRecord[];
  readonly rejected: Rejection[];
  readonly warnings: Warning[];
}

/** The `sourceUk` column is a string of 255 characters on every database. */
const MAX_UID_LENGTH = 255;

/**
 * Turns a delivery into records whose shape is right, and rejections that say what is wrong with the others.
 * Field values are judged later, by the target that knows the fields. Pure.
 */
export function normalise(delivery: Delivery): NormalisedDelivery {
  const byUid = new Map<string, SyncRecord>();
  const rejected: Rejection[] = [];
  const warnings: Warning[] = [];
  delivery.records.forEach((delivered, index) => {
    const path = delivery.locate?.(index) ?? `records[${index}]`;
    if (delivered instanceof SyncError) {
      rejected.push({ uid: null, code: delivered.code, params: delivered.params, record: { path } });
      return;
    }
    const mapped = mapRecord(delivered, delivery);
    try {
      const excess = excessOf(mapped, path);
      if (excess) throw new BadRecord('RECORD_TOO_LARGE', excess);
      const record = parseRecord(delivery.dataType, mapped, { path, position: index }, warnings);
      if (byUid.delete(record.uid)) warnings.push({ uid: record.uid, code: 'DUPLICATE_UID', params: { path } });
      byUid.set(record.uid, record);
    } catch (error) {
      if (!(error instanceof BadRecord)) throw error;
      const uid = uidOrNull(mapped);
      // The last one counts, also when it is wrong: what came before it is out of date.
      if (uid !== null) byUid.delete(uid);
      rejected.push({
        uid,
        code: error.code,
        params: error.params,
        record: maskSecrets(delivered, RECORD_BOUNDS.values),
      });
    }
  });
  return { records: [...byUid.values()], rejected, warnings };
}

/**
 * Reads a record as an earlier delivery stored it; `undefined` for one that an earlier version let through. What was
 * masked when it was stored counts as absent: nobody's field gets asterisks for a value.
 */
export function parseStoredRecord(dataType: SyncDataType, stored: unknown): SyncRecord | undefined {
  const known = isPlainObject(stored)
    ? Object.fromEntries(Object.entries(stored).filter(([, value]) => !isMasked(value)))
    : stored;
  try {
    return parseRecord(dataType, known, { path: 'stored record', position: 0 }, []);
  } catch (error) {
    if (error instanceof BadRecord) return undefined;
    throw error;
  }
}

/** Where a record stands in its delivery. */
type Place = Pick<SyncRecord, 'path' | 'position'>;

class BadRecord extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly params: MessageParams,
  ) {
    super(code);
  }
}

function parseRecord(dataType: SyncDataType, value: unknown, place: Place, warnings: Warning[]): SyncRecord {
  const { path } = place;
  if (!isPlainObject(value)) throw new BadRecord('VALUE_INVALID', { path, expected: 'object' });
  const { uid: rawUid, isDeleted: rawIsDeleted, ...rest } = value;
  const uid = parseUid(rawUid, `${path}.uid`);
  const isDeleted = parseFlag(rawIsDeleted, `${path}.isDeleted`);
  const raw = { ...value, uid } as UserDataRecord;
  if (dataType === 'department') {
    const { parentUid, ...fields } = rest;
    return {
      dataType,
      uid,
      isDeleted,
      ...place,
      raw,
      fields,
      title: parseTitle(fields.title, isDeleted, path),
      parentUid: isEmpty(parentUid) ? null : parseUid(parentUid, `${path}.parentUid`),
    };
  }
  const { departments, ...fields } = rest;
  return {
    dataType,
    uid,
    isDeleted,
    ...place,
    raw,
    fields,
    departments: parseDepartments(departments, uid, path, warnings),
  };
}

function parseUid(value: unknown, path: string): string {
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

function parseTitle(value: unknown, isDeleted: boolean, path: string): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string' && value.trim() !== '') return value;
  if (isDeleted) return '';
  throw new BadRecord('TITLE_MISSING', { path: `${path}.title` });
}

function parseFlag(value: unknown, path: string): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw new BadRecord('VALUE_INVALID', { path, expected: 'boolean' });
  return value;
}

function parseDepartments(value: unknown, uid: string, path: string, warnings: Warning[]): Membership[] | undefined {
  if (value === undefined) return undefined;
  if (value === null) return [];
  if (!Array.isArray(value)) {
    throw new BadRecord('VALUE_INVALID', { path: `${path}.departments`, expected: 'array' });
  }
  const byUid = new Map<string, Membership>();
  let mainUid: string | undefined;
  value.forEach((item: unknown, index) => {
    const membership = parseMembership(item, `${path}.departments[${index}]`);
    if (membership.isMain) {
      if (mainUid !== undefined && mainUid !== membership.uid) {
        warnings.push({ uid, code: 'SEVERAL_MAIN_DEPARTMENTS', params: { department: mainUid } });
      }
      mainUid ??= membership.uid;
    }
    byUid.set(membership.uid, { ...membership, isMain: membership.uid === mainUid });
  });
  return [...byUid.values()];
}

function parseMembership(item: unknown, path: string): Membership {
  if (!isPlainObject(item)) return { uid: parseUid(item, path), isOwner: false, isMain: false };
  return {
    uid: parseUid(item.uid, `${path}.uid`),
    isOwner: parseFlag(item.isOwner, `${path}.isOwner`),
    isMain: parseFlag(item.isMain, `${path}.isMain`),
  };
}

/** Whose record it is, as far as that can be read. */
function uidOrNull(value: unknown): string | null {
  try {
    return isPlainObject(value) ? parseUid(value.uid, 'uid') : null;
  } catch (error) {
    if (error instanceof BadRecord) return null;
    throw error;
  }
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
