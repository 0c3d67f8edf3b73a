import type { SyncDataType } from '../../common/records';
import type { Delivery, Membership, Rejection, SyncRecord, UserDataRecord, Warning } from '../model/records';
import type { Steps } from '../pacing';
import { isMasked, maskSecrets } from '../security/secrets';
import { mapRecord } from './mapping';
import type { DeliveryPart } from './parts';
import { BadRecord, isEmpty, isPlainObject, parseUid, uidOrNull } from './uid';

/** What some records of a delivery say, once understood; the same uid may be there several times. */
export interface NormalisedPart {
  readonly records: SyncRecord[];
  readonly rejected: PlacedRejection[];
  readonly warnings: Warning[];
}

/** A rejected record, and its number in what the run has received. */
export interface PlacedRejection extends Rejection {
  readonly position: number;
}

/**
 * Turns delivered records into such whose shape is right, and rejections that say what is wrong with the others.
 * Field values are judged later, by the target that knows the fields. Pure.
 */
export function* normalise(part: Delivery & Partial<DeliveryPart>): Steps<NormalisedPart> {
  const { first = 0, refused } = part;
  const records: SyncRecord[] = [];
  const rejected: PlacedRejection[] = [];
  const warnings: Warning[] = [];
  for (const [index, delivered] of part.records.entries()) {
    yield;
    const position = first + index;
    const refusal = refused?.get(index);
    if (refusal) {
      rejected.push({ ...refusal, position });
      continue;
    }
    const path = part.locate?.(index) ?? `records[${position}]`;
    const mapped = mapRecord(delivered, part);
    try {
      records.push(parseRecord(part.dataType, mapped, { path, position }, warnings));
    } catch (error) {
      if (!(error instanceof BadRecord)) throw error;
      const { code, params } = error;
      rejected.push({ uid: uidOrNull(mapped), code, params, record: maskSecrets(delivered), position });
    }
  }
  return { records, rejected, warnings };
}

/**
 * Reads a record as an earlier delivery stored it; `undefined` for one that an earlier version let through. What was
 * masked when it was stored counts as absent: no field gets asterisks for a value.
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
