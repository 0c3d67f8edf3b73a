import { SOURCES, type DataType, type SourceKey } from './action';

/** A field of users that nobody else may have the value of. */
export const UNIQUE_FIELDS = ['username', 'email'] as const;
export const FIELDS = [...UNIQUE_FIELDS, 'nickname'] as const;
export type UserField = (typeof FIELDS)[number];

export interface ModelUser {
  readonly id: string;
  readonly fields: Record<UserField, string | null>;
  readonly roles: Set<string>;
  disabled: 'sync' | 'hand' | null;
  /** Made by hand, or nobody's any more: no source may delete this user. */
  isByHand: boolean;
  main: string | null;
}

export interface ModelDepartment {
  readonly id: string;
  title: string;
  parentId: string | null;
}

export interface ModelMembership {
  readonly userId: string;
  readonly departmentId: string;
  /** Who put the user there: a source, or a person. */
  origin: SourceKey | 'hand';
  isOwner: boolean;
}

/** A user's place as a source describes it. */
export interface SaidMembership {
  readonly uid: string;
  readonly isOwner: boolean;
  readonly isMain: boolean;
}

/** What a source has said about a user, and who that is. */
export interface UserEntry {
  said: { departments?: readonly SaidMembership[]; isDeleted: boolean };
  link?: { userId: string; isActive: boolean };
  /** Departments that the source put the user in, or found the user in. */
  claims: Set<string>;
  /** Uids of departments that have not come yet. */
  awaits: Set<string>;
}

/** What a source has said about a department, and which that is. */
export interface DepartmentEntry {
  said: { title: string; parentUid: string | null; isDeleted: boolean };
  departmentId?: string;
  awaits: Set<string>;
}

export interface ModelSource {
  readonly key: SourceKey;
  readonly users: Map<string, UserEntry>;
  readonly departments: Map<string, DepartmentEntry>;
  removal: { users: 'disable' | 'delete' | 'keep'; departments: 'delete' | 'keep' };
  /** Whether a single removal has to be approved. */
  isGuarded: boolean;
  /** Uids of records that were removed without anybody having looked at it. */
  readonly removedLately: Readonly<Record<DataType, Set<string>>>;
}

/** What an administrator expects to be in the database. Ids are text; rows that are new get theirs from there. */
export class OrganisationModel {
  readonly users = new Map<string, ModelUser>();
  readonly departments = new Map<string, ModelDepartment>();
  readonly sources: Readonly<Record<SourceKey, ModelSource>>;
  private readonly byPlace = new Map<string, ModelMembership>();

  constructor() {
    const sources = SOURCES.map((key): [SourceKey, ModelSource] => [
      key,
      {
        key,
        users: new Map(),
        departments: new Map(),
        removal: { users: 'disable', departments: 'delete' },
        isGuarded: false,
        removedLately: { user: new Set(), department: new Set() },
      },
    ]);
    this.sources = Object.fromEntries(sources) as Record<SourceKey, ModelSource>;
  }

  get memberships(): ModelMembership[] {
    return [...this.byPlace.values()];
  }

  membership(userId: string, departmentId: string): ModelMembership | undefined {
    return this.byPlace.get(`${userId} ${departmentId}`);
  }

  addMember(membership: ModelMembership): void {
    this.byPlace.set(`${membership.userId} ${membership.departmentId}`, membership);
  }

  removeMember({ userId, departmentId }: ModelMembership): void {
    this.byPlace.delete(`${userId} ${departmentId}`);
  }

  removeUser(id: string): void {
    this.users.delete(id);
    for (const membership of this.memberships) if (membership.userId === id) this.removeMember(membership);
  }

  removeDepartment(id: string): void {
    this.departments.delete(id);
    for (const membership of this.memberships) if (membership.departmentId === id) this.removeMember(membership);
  }

  childrenOf(id: string): ModelDepartment[] {
    return [...this.departments.values()].filter(({ parentId }) => parentId === id);
  }

  /** Ids from a department up to the top. */
  lineage(id: string): string[] {
    const ids: string[] = [];
    for (let at: string | null = id; at !== null && !ids.includes(at);) {
      ids.push(at);
      at = this.departments.get(at)?.parentId ?? null;
    }
    return ids;
  }

  userWith(field: UserField, value: string): ModelUser | undefined {
    return [...this.users.values()].find((user) => user.fields[field] === value);
  }

  /** Records that are linked to a user, with their sources. */
  claimsOn(userId: string): { readonly source: ModelSource; readonly uid: string; readonly entry: UserEntry }[] {
    return Object.values(this.sources).flatMap((source) =>
      [...source.users]
        .filter(([, entry]) => entry.link?.userId === userId)
        .map(([uid, entry]) => ({ source, uid, entry })),
    );
  }
}
