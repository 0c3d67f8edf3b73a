import type { Database } from '@nocobase/database';
import { inTransaction } from '../database/transaction';
import { SyncError } from '../errors';
import { forgetUsers, type HostCache } from '../host/caches';
import { findProtectedUsers, type PrivilegedRoles } from '../host/protection';
import type { PrimaryKey } from '../model/primary-key';
import type { DisabledUserStore } from './disabled-user-store';

/** Disables and enables one user at a time, as a person asks for it. */
export class UserDisabling {
  constructor(
    private readonly db: Database,
    private readonly store: DisabledUserStore,
    private readonly cache: HostCache,
    private readonly privilegedRoles: PrivilegedRoles,
  ) {}

  /**
   * Disables a user, also one that a run has disabled: from now on only a person enables this user again. A user with a
   * privileged role can be disabled only by a person who may give such roles: one of `byRoles` has to.
   */
  async disable(userId: PrimaryKey, byUserId?: PrimaryKey, byRoles: readonly string[] = []): Promise<void> {
    await this.requireUser(userId);
    if (String(userId) === String(byUserId)) throw new SyncError('USER_IS_YOURSELF');
    await this.requireTouchable(userId, byRoles);
    const causes = await this.store.causes([userId]);
    if (causes.get(String(userId)) === 'hand') return;
    await inTransaction(this.db, (transaction) => this.store.disableByHand(userId, byUserId, transaction));
    await forgetUsers(this.cache, [userId]);
  }

  async enable(userId: PrimaryKey): Promise<void> {
    await this.requireUser(userId);
    if (!(await this.store.isDisabled(userId))) throw new SyncError('USER_NOT_DISABLED', { user: userId });
    await inTransaction(this.db, (transaction) => this.store.enable([userId], transaction));
    await forgetUsers(this.cache, [userId]);
  }

  private async requireTouchable(userId: PrimaryKey, byRoles: readonly string[]): Promise<void> {
    const found = await findProtectedUsers(this.db, [userId], await this.privilegedRoles.names());
    const protection = found.get(String(userId));
    if (protection === undefined) return;
    if (protection === 'privileged' && (await this.privilegedRoles.mayGive(byRoles))) return;
    throw new SyncError('PROTECTED_USER', { user: userId, protection: `${protection}ByHand` });
  }

  private async requireUser(userId: PrimaryKey): Promise<void> {
    await this.store.flag.ensure();
    const found = await this.db.getModel('users').count({ where: { id: userId } });
    if (found === 0) throw new SyncError('USER_NOT_FOUND', { user: userId });
  }
}
