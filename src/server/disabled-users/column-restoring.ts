import { reasonOf, SyncError } from '../errors';
import type { ActionContext, Next } from '../host/requests/context';
import type { FlagColumn } from './flag-column';

/**
 * A middleware around every request: one that fails because the column `users.isDisabled` was dropped adds the column
 * again, so that only this request fails.
 */
export function restoreColumn(flag: FlagColumn) {
  return async function userDataSyncFlagColumn(ctx: ActionContext, next: Next): Promise<void> {
    try {
      await next();
    } catch (error) {
      if (!flag.isNamedBy(error) || !(await isRestored(flag, ctx))) throw error;
      throw new SyncError('FIELD_RESTORED');
    }
  };
}

async function isRestored(flag: FlagColumn, { log }: ActionContext): Promise<boolean> {
  try {
    return await flag.ensure();
  } catch (error) {
    log.error(`${cannotRestore}: ${reasonOf(error)}`);
    return false;
  }
}

/** For the log. */
export const cannotRestore =
  'user data synchronization: the column isDisabled of the table of users is missing and cannot be added. ' +
  'Until it is there, users cannot be read. Add it (boolean, default false), or run the upgrade command of NocoBase';
