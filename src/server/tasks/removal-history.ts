import type { Database } from '@nocobase/database';
import { col, fn, Op } from 'sequelize';
import type { SyncDataType } from '../../common/records';
import type { PrimaryKey } from '../model/primary-key';
import type { RecentRemovals } from '../pipeline/safeguard';

const HOUR = 60 * 60 * 1000;

/** Counts what runs have removed, from `userDataSyncOutcomes`. */
export class RemovalHistory {
  constructor(private readonly db: Database) {}

  /**
   * What runs of a source have removed in the last hours without anybody having looked at it: each record once, also
   * when it has come back. Dry runs, purges and what somebody approved do not count. One statement, by its own index.
   */
  async of(sourceId: PrimaryKey, hours: number): Promise<RecentRemovals> {
    const rows = (await this.db.getModel('userDataSyncOutcomes').findAll({
      attributes: ['dataType', 'adopted', [fn('COUNT', fn('DISTINCT', col('uid'))), 'removed']],
      where: { countedFor: sourceId, at: { [Op.gte]: new Date(Date.now() - hours * HOUR) } },
      group: ['dataType', 'adopted'],
      raw: true,
    })) as unknown as { dataType: SyncDataType; adopted: unknown; removed: number | string }[];
    const sum = (isMeant: (row: (typeof rows)[number]) => boolean) =>
      rows.filter(isMeant).reduce((total, { removed }) => total + Number(removed), 0);
    return {
      hours,
      users: sum(({ dataType }) => dataType === 'user'),
      departments: sum(({ dataType }) => dataType === 'department'),
      adopted: sum(({ dataType, adopted }) => dataType === 'user' && Boolean(adopted)),
    };
  }
}
