import type { MatchKey, RawRecord } from './action';
import { FIELDS, type SaidMembership, type UserField } from './organisation-model';

/** A record that a source may deliver like this. */
export interface UserReading {
  readonly uid: string;
  readonly isDeleted: boolean;
  readonly fields: Partial<Record<UserField, string | null>>;
  readonly departments?: readonly SaidMembership[];
}

export interface DepartmentReading {
  readonly uid: string;
  readonly isDeleted: boolean;
  readonly title: string;
  readonly parentUid: string | null;
}

/** What a part of a delivery says, once each record is understood or rejected; the last of a uid counts. */
export interface PartReading<T extends { readonly uid: string }> {
  readonly records: readonly T[];
  /** Uids of records that are wrong; `null` when nobody can tell whose they are. */
  readonly rejected: readonly (string | null)[];
}

function read<T extends { readonly uid: string }>(
  records: readonly RawRecord[],
  parse: (record: RawRecord, uid: string) => T | undefined,
): PartReading<T> {
  const byUid = new Map<string, T>();
  const rejected: (string | null)[] = [];
  for (const record of records) {
    const uid = typeof record.uid === 'string' ? record.uid : null;
    if (uid !== null) byUid.delete(uid);
    const parsed = uid === null ? undefined : parse(record, uid);
    if (parsed) byUid.set(parsed.uid, parsed);
    else rejected.push(uid);
  }
  return { records: [...byUid.values()], rejected };
}

export const readUsers = (records: readonly RawRecord[]): PartReading<UserReading> =>
  read(records, (record, uid) => {
    if (record.departments !== undefined && !Array.isArray(record.departments)) return undefined;
    const given = FIELDS.filter((field) => record[field] !== undefined);
    const fields = given.map((field) => [field, record[field] === '' ? null : record[field]]);
    return {
      uid,
      isDeleted: record.isDeleted === true,
      fields: Object.fromEntries(fields) as UserReading['fields'],
      departments: record.departments && saidMemberships(record.departments as (string | Partial<SaidMembership>)[]),
    };
  });

export const readDepartments = (records: readonly RawRecord[]): PartReading<DepartmentReading> =>
  read(records, (record, uid) => {
    const isDeleted = record.isDeleted === true;
    const title = (record.title as string | undefined) ?? '';
    if (title === '' && !isDeleted) return undefined;
    return { uid, isDeleted, title, parentUid: (record.parentUid as string | null | undefined) ?? null };
  });

/** The first that is called the main one is it; of a department that comes twice the last counts. */
function saidMemberships(items: readonly (string | Partial<SaidMembership>)[]): SaidMembership[] {
  const said = items.map((item) =>
    typeof item === 'string'
      ? { uid: item, isOwner: false, isMain: false }
      : { uid: item.uid ?? '', isOwner: item.isOwner ?? false, isMain: item.isMain ?? false },
  );
  const mainUid = said.find(({ isMain }) => isMain)?.uid;
  return [...new Map(said.map((item) => [item.uid, { ...item, isMain: item.uid === mainUid }])).values()];
}

/** The value by which a record looks for a user. */
export function matchValue({ fields }: UserReading, matchKey: MatchKey | undefined): string | undefined {
  return matchKey === undefined ? undefined : (fields[matchKey] ?? undefined);
}
