import type { Database } from '@nocobase/database';
import { insertRows } from '../database/insert-rows';
import { inSlices } from '../database/slices';
import { inTransaction } from '../database/transaction';
import { SyncError } from '../errors';
import type { Batch } from '../pipeline/batches';
import type { PrimaryKey } from '../pipeline/contracts';
import type { Encryptor } from '../sources';
import { HELD_QUOTA, HeldQuota } from './held-quota';
import type { SyncTask } from './task';

/** So many records stand in one row. */
const RECORDS_PER_PART = 1000;

/** The task for which something is kept. */
type Holder = Pick<SyncTask, 'id' | 'sourceId'>;

/** A batch as it is read, part by part. */
type StoredBatch = Batch & Record<List, unknown[]>;
type List = (typeof LISTS)[number];
const LISTS = ['records', 'rejected', 'warnings'] as const;

/**
 * Keeps what was delivered to runs that wait for somebody, in `userDataSyncHeldDeliveries`, within a quota for each
 * source. Nothing of a record is masked, because it is to be applied as it came: so it is encrypted.
 */
export class HeldDeliveryStore {
  private readonly quota: HeldQuota;

  constructor(
    private readonly db: Database,
    private readonly encryptor: () => Encryptor,
  ) {
    this.quota = new HeldQuota(db, (taskId) => this.drop(taskId));
  }

  /**
   * Keeps the batches of a task, in the place of what may be kept already; previews make room for them. Fails with
   * `HELD_TOO_LARGE` when they are too large by themselves; then nothing of them is kept.
   */
  async keep(task: Holder, batches: readonly Batch[]): Promise<void> {
    if (!(await this.store(task, batches))) {
      throw new SyncError('HELD_TOO_LARGE', { limit: Math.round(HELD_QUOTA / 1024 / 1024) });
    }
    await this.quota.makeRoom(task.sourceId);
  }

  /** Like `keep`, for a preview: one that is too large is not kept, and so cannot be run as it was previewed. */
  async keepPreview(task: Holder, batches: readonly Batch[]): Promise<void> {
    await this.store(task, batches);
    await this.quota.makeRoom(task.sourceId);
  }

  /** What was kept, or nothing when it is not kept any more. */
  async load(taskId: PrimaryKey): Promise<Batch[]> {
    const ids = (await this.model.findAll({
      attributes: ['id'],
      where: { taskId },
      order: ['position'],
      raw: true,
    })) as unknown as { id: PrimaryKey }[];
    const batches = new Map<string, StoredBatch>();
    for (const { id } of ids) {
      const row = await this.model.findByPk(id, { raw: true });
      if (!row) continue;
      const { content } = row as unknown as { content: string };
      const part = JSON.parse(await this.encryptor().decrypt(content)) as StoredBatch;
      const key = JSON.stringify([part.sourceName, part.dataType, part.matchKey]);
      const batch = batches.get(key);
      if (batch) append(batch, part);
      else batches.set(key, part);
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

  /** Whether it could be stored: what is larger than the quota leaves nothing. */
  private async store({ id: taskId, sourceId }: Holder, batches: readonly Batch[]): Promise<boolean> {
    await this.drop(taskId);
    let stored = 0;
    const parts = batches.flatMap((batch) => [...inParts(batch)]);
    for (const [position, part] of parts.entries()) {
      const content = await this.encryptor().encrypt(JSON.stringify(part));
      const size = content.length;
      stored += size;
      if (stored > HELD_QUOTA) {
        await this.drop(taskId);
        return false;
      }
      await inTransaction(this.db, (transaction) =>
        insertRows(this.model, [{ taskId, sourceId, position, size, content }], transaction),
      );
    }
    return true;
  }

  private get model() {
    return this.db.getModel('userDataSyncHeldDeliveries');
  }
}

/** A batch as several smaller ones; at least one, which may be empty. */
function* inParts(batch: Batch): Generator<Batch> {
  const empty: Batch = { ...batch, records: [], rejected: [], warnings: [] };
  if (LISTS.every((list) => batch[list].length === 0)) yield empty;
  for (const list of LISTS)
    for (const slice of inSlices<unknown>(batch[list], RECORDS_PER_PART)) yield { ...empty, [list]: slice };
}

function append(batch: StoredBatch, part: StoredBatch): void {
  for (const list of LISTS) for (const item of part[list]) batch[list].push(item);
}
