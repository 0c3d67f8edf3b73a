import type { DeliveryMode, SyncDataType } from '../../common/records';
import type { ErrorCode, MessageParams } from '../errors';

/** What a target can take. */
export type SyncAccept = SyncDataType;

/** A user's place in a department, as a source describes it. An absent flag means `false`. */
export interface FormatUserDepartment {
  uid: string;
  isOwner?: boolean;
  isMain?: boolean;
}

/*
 * These types are as wide as those of the built-in plugin, so that what was written for it compiles. A source that also
 * hands over `null` gives `PulledData`, whose records are of any shape.
 */

/** A user as a source describes it. An absent field leaves the value as it is, `null` empties it. */
export interface FormatUser {
  uid: string;
  username?: string;
  email?: string;
  nickname?: string;
  phone?: string;
  departments?: (string | FormatUserDepartment)[];
  isDeleted?: boolean;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- read untyped by targets of other plugins
  [field: string]: any;
}

/** A department as a source describes it. No `parentUid` means top level. */
export interface FormatDepartment {
  uid: string;
  title?: string;
  parentUid?: string;
  isDeleted?: boolean;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- read untyped by targets of other plugins
  [field: string]: any;
}

export type UserDataRecord = FormatUser | FormatDepartment;

/** What one call of a source's `pull()` hands over for one data type. */
export interface UserData {
  dataType: SyncDataType;
  /** The field by which a user that has no link yet is found: `username`, `email` or `phone`. Targets of other plugins may know more. */
  matchKey?: string;
  records: UserDataRecord[];
  sourceName: string;
}

/** A delivery on its way into the pipeline: nothing about `records` is trusted yet. */
export interface Delivery {
  readonly sourceName: string;
  readonly dataType: SyncDataType;
  /** One of `MATCH_KEYS`, or what only targets of other plugins know. */
  readonly matchKey?: string;
  readonly mode: DeliveryMode;
  readonly records: readonly unknown[];
  /** Source field → field. Without it the source fields have the names of the fields. */
  readonly mapping?: Readonly<Record<string, string>>;
  /** Whether every value is the text of a table's cell, in which lists and flags are written out. */
  readonly textCells?: boolean;
  /** Where record number `index` stands in what was delivered: `records[3]`, `line 17`. */
  readonly locate?: (index: number) => string;
}

/** A department that a user is in, by its uid. */
export interface Membership {
  readonly uid: string;
  readonly isOwner: boolean;
  readonly isMain: boolean;
}

interface CommonRecord {
  readonly uid: string;
  readonly isDeleted: boolean;
  /** Where it stood in the delivery, for messages. */
  readonly path: string;
  /** Its number in the delivery; departments are planned parents first, whatever it says. */
  readonly position: number;
  /** Everything else, by field name; values are still as delivered. */
  readonly fields: Readonly<Record<string, unknown>>;
  /**
   * As delivered, after a mapping, with every value, also secret ones: for targets. A record that comes from the database
   * again (a retry, a removal) has no secrets, because they were masked when it was stored.
   */
  readonly raw: UserDataRecord;
}

/** A user whose shape is known to be right. */
export interface UserRecord extends CommonRecord {
  readonly dataType: 'user';
  /** `undefined` leaves memberships alone. */
  readonly departments?: readonly Membership[];
}

/** A department whose shape is known to be right. */
export interface DepartmentRecord extends CommonRecord {
  readonly dataType: 'department';
  readonly title: string;
  readonly parentUid: string | null;
}

export type SyncRecord = UserRecord | DepartmentRecord;

/** A delivered record that cannot be understood; nothing of it is applied. */
export interface Rejection {
  readonly uid: string | null;
  readonly code: ErrorCode;
  readonly params: MessageParams;
  readonly record: unknown;
}

/** Something left out or not possible yet, while the rest of the record is applied. */
export interface Warning {
  readonly uid: string;
  readonly code: ErrorCode;
  readonly params: MessageParams;
}

/** The name by which a person would know a record in a list. */
export function nameOf(record: SyncRecord): string {
  if (record.dataType === 'department') return record.title || record.uid;
  return nameIn('user', record.fields) ?? record.uid;
}

/** Fields by which a person knows a record, the best first. */
const NAMES: Readonly<Record<SyncDataType, readonly string[]>> = {
  user: ['nickname', 'username', 'email'],
  department: ['title'],
};

/** What a record is called by its fields, also one that could not be understood; at most 255 characters. */
export function nameIn(dataType: SyncDataType, fields: unknown): string | undefined {
  if (typeof fields !== 'object' || fields === null) return undefined;
  for (const field of NAMES[dataType]) {
    const value = (fields as Readonly<Record<string, unknown>>)[field];
    if (typeof value === 'string' && value !== '') return value.slice(0, 255);
  }
  return undefined;
}
