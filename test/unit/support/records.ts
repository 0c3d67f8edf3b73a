import type { Link } from '../../../src/server/model/link';
import type { DepartmentRecord, Membership, UserRecord } from '../../../src/server/model/records';
import type { TrackedRecord } from '../../../src/server/model/tracked-record';

/** Ids are made of what they stand for, so that expectations can be read: `record:ada`, `link:ada:users:1`. */
export const recordId = (uid: string) => `record:${uid}`;
export const linkId = (uid: string, resource: string, rowId: string) => `link:${uid}:${resource}:${rowId}`;

type LinkState = Partial<Pick<Link, 'adopted' | 'inactive'>>;

export const ACTIVE: LinkState = {};
export const ADOPTED: LinkState = { adopted: true };
export const INACTIVE: LinkState = { inactive: true };

/** Links of a record by resource and id of the row: `{'users:1': ACTIVE}`. */
export type LinkStates = Readonly<Record<string, LinkState>>;

export function linksOf(uid: string, states: LinkStates = {}): Link[] {
  return Object.entries(states).map(([key, { adopted = false, inactive = false }]) => {
    const [resource, resourcePk] = key.split(':');
    return { id: linkId(uid, resource, resourcePk), resource, resourcePk, adopted, inactive };
  });
}

interface UserOptions {
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly departments?: readonly (string | (Pick<Membership, 'uid'> & Partial<Membership>))[];
  readonly isDeleted?: boolean;
  readonly links?: LinkStates;
}

export function user(
  uid: string,
  { fields = {}, departments, isDeleted = false, links }: UserOptions = {},
): TrackedRecord<UserRecord> {
  const memberships = departments?.map((item) => ({
    isOwner: false,
    isMain: false,
    ...(typeof item === 'string' ? { uid: item } : item),
  }));
  const place = { path: `records[${uid}]`, position: 0 };
  const raw = { uid, ...fields };
  return {
    id: recordId(uid),
    record: { dataType: 'user', uid, isDeleted, fields, raw, departments: memberships, ...place },
    links: linksOf(uid, links),
  };
}

interface DepartmentOptions {
  readonly title?: string;
  readonly parentUid?: string | null;
  readonly isDeleted?: boolean;
  readonly links?: LinkStates;
}

export function department(
  uid: string,
  { title = uid, parentUid = null, isDeleted = false, links }: DepartmentOptions = {},
): TrackedRecord<DepartmentRecord> {
  const fields = { title };
  const place = { path: `records[${uid}]`, position: 0 };
  return {
    id: recordId(uid),
    record: { dataType: 'department', uid, isDeleted, fields, raw: { uid, ...fields }, title, parentUid, ...place },
    links: linksOf(uid, links),
  };
}

export const removed = { isDeleted: true } as const;
