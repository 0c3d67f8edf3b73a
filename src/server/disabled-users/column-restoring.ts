import type { ActionContext, Next } from '../actions/context';
import { reasonOf, SyncError } from '../errors';
import type { FlagColumn } from './flag-column';

/**
 * Stands around every request: one that fails because somebody dropped the column `users.isDisabled` puts it back, so
 * that nobody is locked out for longer than that request.
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
