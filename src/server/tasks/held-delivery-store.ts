import type { Database } from '@nocobase/database';
import { insertRows } from '../database/insert-rows';
import { inSlices } from '../database/slices';
import { inTransaction } from '../database/transaction';
import type { Batch } from '../pipeline/batches';
import type { PrimaryKey } from '../pipeline/contracts';
import type { Encryptor } from '../sources';

/** So many records stand in one row. */
const RECORDS_PER_PART = 1000;

/**
 * Keeps what was delivered to runs that wait for somebody, in `userDataSyncHeldDeliveries`. Nothing of a record is
 * masked, because it is to be applied as it came: so it is encrypted.
 */
export class HeldDeliveryStore {
  constructor(
    private readonly db: Database,
    private readonly encryptor: () => Encryptor,
  ) {}

  /** Keeps the batches of a task, in the place of what may be kept already. */
  async keep(taskId: PrimaryKey, batches: readonly Batch[]): Promise<void> {
    const parts = batches.flatMap(({ records, ...batch }) => {
      const slices = records.length > 0 ? [...inSlices(records, RECORDS_PER_PART)] : [[]];
      return slices.map((slice, index) =>
        index === 0 ? { ...batch, records: slice } : { ...batch, rejected: [], warnings: [], records: slice },
      );
    });
    await this.drop(taskId);
    for (const [position, part] of parts.entries()) {
      const content = await this.encryptor().encrypt(JSON.stringify(part));
      await inTransaction(this.db, (transaction) =>
        insertRows(this.model, [{ taskId, position, content }], transaction),
      );
    }
  }

  /** What was kept, or nothing when it is not kept any more. */
  async load(taskId: PrimaryKey): Promise<Batch[]> {
    const ids = (await this.model.findAll({
      attributes: ['id'],
      where: { taskId },
      order: ['position'],
      raw: true,
    })) as unknown as { id: PrimaryKey }[];
    const batches = new Map<string, Batch>();
    for (const { id } of ids) {
      const row = await this.model.findByPk(id, { raw: true });
      if (!row) continue;
      const { content } = row as unknown as { content: string };
      const part = JSON.parse(await this.encryptor().decrypt(content)) as Batch;
      const key = JSON.stringify([part.sourceName, part.dataType, part.matchKey]);
      const batch = batches.get(key);
      batches.set(key, batch ? { ...batch, records: [...batch.records, ...part.records] } : part);
    }
    return [...batches.values()];
  }

  /** Hands what is kept for one task on to another. */
  async move(from: PrimaryKey, to: PrimaryKey): Promise<void> {
    await this.model.update({ taskId: to }, { where: { taskId: from }, hooks: false });
  }

  async drop(taskId: PrimaryKey): Promise<void> {
    await this.model.destroy({ where: { taskId }, hooks: false });
  }

  private get model() {
    return this.db.getModel('userDataSyncHeldDeliveries');
  }
}
