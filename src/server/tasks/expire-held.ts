import type { Database } from '@nocobase/database';
import { Op } from 'sequelize';
import type { TaskStatus } from '../../common/tasks';
import { SyncError } from '../errors';

/**
 * Ends blocked runs that nobody has decided about in time, and gives back how many there were. Those that earlier
 * versions held do not say until when they wait: they have waited too long since `heldBefore`.
 */
export async function expireHeld(db: Database, now: Date, heldBefore: Date): Promise<number> {
  const model = db.getModel('userDataSyncTasks');
  const where = {
    status: 'blocked' satisfies TaskStatus,
    [Op.or]: [{ heldUntil: { [Op.lt]: now } }, { heldUntil: null, finishedAt: { [Op.lt]: heldBefore } }],
  };
  // An UPDATE of nothing takes SQLite's write lock all the same.
  if ((await model.findAll({ attributes: ['id'], where, limit: 1 })).length === 0) return 0;
  const { code, message, params } = new SyncError('EXPIRED');
  const ended = { status: 'canceled' satisfies TaskStatus, code, message, params, heldUntil: null };
  const [count] = await model.update(ended, { where, hooks: false });
  return count;
}
