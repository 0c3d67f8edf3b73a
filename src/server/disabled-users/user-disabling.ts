import type { Database } from '@nocobase/database';
import { inTransaction } from '../database/transaction';
import { SyncError } from '../errors';
import type { PrimaryKey } from '../pipeline/contracts';
import { forgetUsers, type HostCache } from '../targets/shared/host-caches';
import { protectedIdsAmong } from '../targets/shared/protected-users';
import type { DisabledUserStore } from './disabled-user-store';

/** Disables and enables one user at a time, as a person asks for it. */
export class UserDisabling {
  constructor(
    private readonly db: Database,
    private readonly store: DisabledUserStore,
    private readonly cache: HostCache,
  ) {}

  /** Disables a user, or takes over from the run that did, so that only a person enables this user again. */
  async disable(userId: PrimaryKey, byUserId?: PrimaryKey): Promise<void> {
    await this.requireUser(userId);
    if (String(userId) === String(byUserId)) throw new SyncError('USER_IS_YOURSELF');
    const protectedIds = await protectedIdsAmong(this.db, [userId]);
    if (protectedIds.has(String(userId))) throw new SyncError('PROTECTED_USER', { user: userId });
    const causes = await this.store.causes([userId]);
    if (causes.get(String(userId)) === 'hand') return;
    await inTransaction(this.db, (transaction) => this.store.disableByHand(userId, byUserId, transaction));
    await forgetUsers(this.cache, [userId]);
  }

  async enable(userId: PrimaryKey): Promise<void> {
    if (!(await this.requireUser(userId))) throw new SyncError('USER_NOT_DISABLED', { user: userId });
    await inTransaction(this.db, (transaction) => this.store.enable([userId], transaction));
    await forgetUsers(this.cache, [userId]);
  }

  /** Whether the user is disabled. */
  private async requireUser(userId: PrimaryKey): Promise<boolean> {
    const isDisabled = await this.store.isDisabled(userId);
    if (isDisabled === undefined) throw new SyncError('USER_NOT_FOUND', { user: userId });
    return isDisabled;
  }
}
