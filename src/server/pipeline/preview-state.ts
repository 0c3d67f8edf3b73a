import type { PrimaryKey } from './contracts';

/** Stands for the primary key of a row that would be made; no row has it. */
export const FUTURE_ROW = '0';

/** What the plans of a dry run would have done so far, for those that come after them. */
export class Preview {
  /** Departments that would be made: uid → row. */
  readonly madeDepartments = new Map<string, { readonly id: PrimaryKey; readonly title: string }>();
  /** Departments that would be deleted, by id. */
  readonly deletedDepartments = new Set<string>();
  /** Users that would be deleted, by id. */
  readonly deletedUsers = new Set<string>();
}
