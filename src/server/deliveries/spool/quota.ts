import type { Database } from '@nocobase/database';
import { col, fn } from 'sequelize';
import type { PrimaryKey } from '../../model/primary-key';

/**
 * So much is kept for each source, in bytes as they are stored. A push of 10 MB, which is what the host takes by default,
 * takes one to three of them: what was delivered is compressed before it is encrypted. Without a bound, a client that
 * may push could fill the disk.
 */
export const SPOOL_QUOTA = 200 * 1024 * 1024;
/** So many previews of a source can still be run as they were previewed. */
export const KEPT_PREVIEWS = 3;

/** What is kept for a task. */
interface Kept {
  readonly taskId: PrimaryKey;
  readonly size: number;
}

/**
 * Bounds what is stored for each source: runs that wait for a decision are kept before previews, newer ones before
 * older.
 */
export class SpoolQuota {
  constructor(
    private readonly db: Database,
    private readonly drop: (taskId: PrimaryKey) => Promise<void>,
  ) {}

  /** Drops previews of a source, the oldest first, until few enough are left and all of it fits. */
  async makeRoom(sourceId: PrimaryKey): Promise<void> {
    const kept = await this.kept(sourceId);
    const previews = await this.previewsAmong(kept);
    let total = kept.reduce((sum, { size }) => sum + size, 0);
    for (let left = previews.length; left > 0; left -= 1) {
      if (left <= KEPT_PREVIEWS && total <= SPOOL_QUOTA) return;
      const { taskId, size } = previews[previews.length - left];
      await this.drop(taskId);
      total -= size;
    }
  }

  private async kept(sourceId: PrimaryKey): Promise<Kept[]> {
    const rows = (await this.db.getModel('userDataSyncHeldDeliveries').findAll({
      attributes: ['taskId', [fn('SUM', col('size')), 'size']],
      where: { sourceId },
      group: ['taskId'],
      raw: true,
    })) as unknown as { taskId: PrimaryKey; size: number | string | null }[];
    return rows.map(({ taskId, size }) => ({ taskId, size: Number(size ?? 0) }));
  }

  /** The oldest first. */
  private async previewsAmong(kept: readonly Kept[]): Promise<Kept[]> {
    if (kept.length === 0) return [];
    const tasks = (await this.db.getModel('userDataSyncTasks').findAll({
      attributes: ['id'],
      where: { id: kept.map(({ taskId }) => taskId), dryRun: true },
      order: ['id'],
      raw: true,
    })) as unknown as { id: PrimaryKey }[];
    const byTask = new Map(kept.map((one) => [String(one.taskId), one]));
    return tasks.flatMap(({ id }) => byTask.get(String(id)) ?? []);
  }
}
