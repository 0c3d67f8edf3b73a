import type { Database, Model } from '@nocobase/database';
import { SyncError } from '../errors';
import { FLAG } from './flag-column';

interface BulkWrite {
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly updateOnDuplicate?: readonly string[];
}

/**
 * Lets only `DisabledUserStore`, which writes without hooks, change the flag: forms, imports, workflows and other
 * plugins would not store who did it, would not refresh the caches, and would not protect root users. Setting the flag
 * to what it is already is no change. It looks only at what is being written and asks the database nothing.
 */
export function guardFlag(db: Database): void {
  db.on('users.beforeSave', (user: Model) => refuseIf(changesFlag(user)));
  db.on('users.beforeBulkCreate', (users: readonly Model[], { updateOnDuplicate = [] }: BulkWrite) =>
    refuseIf(updateOnDuplicate.includes(FLAG) || users.some(changesFlag)),
  );
  // Which rows are meant, and what they have, is known to the database only.
  db.on('users.beforeBulkUpdate', ({ attributes = {} }: BulkWrite) => refuseIf(FLAG in attributes));
  db.on('users.beforeUpsert', (values: Readonly<Record<string, unknown>>) => refuseIf(FLAG in values));
}

function changesFlag(user: Model): boolean {
  if (!user.changed(FLAG)) return false;
  const before: unknown = user.isNewRecord ? false : user.previous(FLAG);
  // Of a row that was loaded without the flag it is not known.
  return before === undefined || Boolean(before) !== Boolean(user.get(FLAG));
}

function refuseIf(isChange: boolean): void {
  if (isChange) throw new SyncError('DISABLING_ELSEWHERE', { path: FLAG });
}
