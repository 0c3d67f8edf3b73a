import type { Database, Model } from '@nocobase/database';
import type { Transaction } from 'sequelize';
import { SyncError } from '../errors';
import type { DisabledUserStore } from './disabled-user-store';

/**
 * A sign-in that is refused. It is a 403, because the page takes a 401 for the end of a session, and there is none yet.
 */
class SignInRefused extends SyncError {
  override readonly status = 403;

  constructor() {
    super('USER_DISABLED');
  }
}

/**
 * Keeps disabled users from signing in. Whatever the way (password, SMS, single sign-on), the host issues a token at the
 * end of it, and the token gets a row.
 */
export function refuseSignIn(db: Database, store: DisabledUserStore): void {
  db.on('issuedTokens.beforeCreate', async (token: Model, { transaction }: { transaction?: Transaction }) => {
    if (await store.isDisabled(token.get('userId') as number, transaction)) throw new SignInRefused();
  });
}
