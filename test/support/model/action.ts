import type { SourceRules } from '../../../src/common/rules';

/** The sources of a story: `pulled` has a type of its own and is pushed to as well, `pushed` is of type `api`. */
export const SOURCES = ['pulled', 'pushed'] as const;
export type SourceKey = (typeof SOURCES)[number];

export type DataType = 'user' | 'department';
export type Mode = 'delta' | 'full';
export type MatchKey = 'username' | 'email';

/** A user or department as a source delivers it, right or wrong. */
export type RawRecord = Readonly<Record<string, unknown>>;

/** The records of one type in a run. */
export interface Part {
  readonly mode: Mode;
  readonly records: readonly RawRecord[];
}

/** Everything that one run is given. */
export interface Delivery {
  readonly source: SourceKey;
  readonly matchKey?: MatchKey;
  readonly parts: Readonly<Partial<Record<DataType, Part>>>;
}

/** What a person does by hand. Numbers choose among what is there. */
export type HandAction =
  | { readonly kind: 'addUser'; readonly username: string; readonly email: string | null }
  | { readonly kind: 'addDepartment'; readonly title: string; readonly parent: number | null }
  | { readonly kind: 'moveDepartment'; readonly department: number; readonly parent: number | null }
  | { readonly kind: 'editDepartment'; readonly department: number; readonly title: string }
  | { readonly kind: 'deleteDepartment'; readonly department: number }
  | { readonly kind: 'addMember'; readonly user: number; readonly department: number; readonly isOwner: boolean }
  | { readonly kind: 'removeMember'; readonly membership: number }
  | { readonly kind: 'editUser'; readonly user: number; readonly nickname: string; readonly email?: string | null }
  | { readonly kind: 'deleteUser'; readonly user: number }
  | { readonly kind: 'disableUser'; readonly user: number }
  | { readonly kind: 'enableUser'; readonly user: number }
  | { readonly kind: 'giveRole'; readonly user: number };

/** One step of a story. */
export type Action =
  | { readonly kind: 'push'; readonly delivery: Delivery; readonly isRepeated: boolean }
  | { readonly kind: 'pull'; readonly delivery: Delivery; readonly usersFirst: boolean; readonly breaks: boolean }
  | {
      readonly kind: 'decide';
      readonly source: SourceKey;
      readonly removal: SourceRules['removal'];
      readonly isGuarded: boolean;
    }
  | { readonly kind: 'approve'; readonly held: number }
  | { readonly kind: 'reject'; readonly held: number }
  | HandAction;
