import type { Database } from '@nocobase/database';
import { Op, type Model } from 'sequelize';
import { insertRows } from '../../database/insert-rows';
import { inTransaction } from '../../database/transaction';
import { SyncError } from '../../errors';
import type { PrimaryKey } from '../../model/primary-key';
import type { DeliveryPart } from '../../records/parts';
import type { Encryptor } from '../../security/encryptor';
import type { RecordSet } from '../record-set';
import { RecordSetCollector, type PartStore } from '../collect-record-sets';
import { SPOOL_QUOTA, SpoolQuota } from './quota';
import { newKey, openEntry, sealEntry, type SpoolEntry } from './sealed-part';

/** The task for which something is kept. */
export interface SpoolOwner {
  readonly id: PrimaryKey;
  readonly sourceId: PrimaryKey;
}

/** A delivery that is being received. */
export interface OpenSpool extends Pick<RecordSetCollector, 'add'> {
  /** Everything has come: gives it back, to be read as often as needed. */
  close(): Promise<RecordSet[]>;
}

/** Separates the key of a spool, as the host's key has encrypted it, from what the key has encrypted. */
const SEPARATOR = '.';

/**
 * Keeps what runs receive until they are done with it, in `userDataSyncHeldDeliveries`: in the database, because that is
 * what all nodes see, so that any of them can go on with a run. Nothing of a record is masked, because it is to be applied
 * as it came: so it is encrypted, with a key of its own for each delivery.
 */
export class DeliverySpool {
  private readonly quota: SpoolQuota;

  constructor(
    private readonly db: Database,
    private readonly encryptor: () => Encryptor,
  ) {
    this.quota = new SpoolQuota(db, (taskId) => this.drop(taskId));
  }

  /**
   * Begins to receive for a task, in the place of what may be kept already. Receiving fails with `DELIVERY_TOO_LARGE` when
   * one delivery exceeds what is kept for a source.
   */
  async receive(owner: SpoolOwner): Promise<OpenSpool> {
    await this.drop(owner.id);
    const key = newKey();
    const wrappedKey = await this.encryptor().encrypt(key.toString('hex'));
    let position = 0;
    let total = 0;
    const write = async (entry: SpoolEntry) => {
      const content = `${wrappedKey}${SEPARATOR}${sealEntry(entry, key, position)}`;
      total += content.length;
      if (total > SPOOL_QUOTA)
        throw new SyncError('DELIVERY_TOO_LARGE', { limit: Math.round(SPOOL_QUOTA / 1024 / 1024) });
      const row = { taskId: owner.id, sourceId: owner.sourceId, position, size: content.length, content };
      await inTransaction(this.db, (transaction) => insertRows(this.model, [row], transaction));
      position += 1;
      return position - 1;
    };
    const collector = new RecordSetCollector({
      append: (part) => write({ part }),
      load: (part) => this.partOf(owner.id, part),
    });
    return {
      add: (delivery) => collector.add(delivery),
      close: async () => {
        await write({ end: { parts: position } });
        return collector.recordSets();
      },
    };
  }

  /** What a task has received. Fails with `DELIVERY_GONE` when that, or a part of it, is not kept any more. */
  async open(taskId: PrimaryKey): Promise<RecordSet[]> {
    const parts = await this.partsOf(taskId);
    if (parts === undefined) throw deliveryMissing(taskId);
    const store: PartStore = {
      append: () => Promise.reject(new Error('The spool is closed')),
      load: (part) => this.partOf(taskId, part),
    };
    const collector = new RecordSetCollector(store);
    for (let part = 0; part < parts; part += 1) await collector.take(await store.load(part), part);
    return collector.recordSets();
  }

  /** Whether everything that a task has received is kept. */
  async has(taskId: PrimaryKey): Promise<boolean> {
    return (await this.partsOf(taskId)) !== undefined;
  }

  /** Drops previews of a source, the oldest first, until what is kept for it is within the quota. */
  makeRoom(sourceId: PrimaryKey): Promise<void> {
    return this.quota.makeRoom(sourceId);
  }

  /** Hands what is kept for one task on to another. */
  async move(from: PrimaryKey, to: PrimaryKey): Promise<void> {
    await this.model.update({ taskId: to }, { where: { taskId: from }, hooks: false });
  }

  async drop(taskId: PrimaryKey): Promise<void> {
    await this.model.destroy({ where: { taskId }, hooks: false });
  }

  /**
   * For a task that is about to end: gives back what drops all that is kept for it by now. Another attempt may begin as
   * soon as the task has ended, and what that one keeps is left alone. What cannot be dropped now is dropped at night.
   */
  async dropLater(taskId: PrimaryKey): Promise<() => Promise<void>> {
    const last = await this.model.max<PrimaryKey | null, Model>('id', { where: { taskId } });
    if (last === null) return async () => undefined;
    const where = { taskId, id: { [Op.lte]: last } };
    return () =>
      this.model.destroy({ where, hooks: false }).then(
        () => undefined,
        () => undefined,
      );
  }

  /** How many parts a task has received; `undefined` when they are not, or not all of them, here. */
  private async partsOf(taskId: PrimaryKey): Promise<number | undefined> {
    const last = await this.model.max<number | null, Model>('position', { where: { taskId } });
    if (last === null) return undefined;
    const entry = await this.read(taskId, last).catch(ifMissing);
    if (!entry || !('end' in entry) || entry.end.parts !== last) return undefined;
    return (await this.model.count({ where: { taskId } })) === last + 1 ? last : undefined;
  }

  private async partOf(taskId: PrimaryKey, position: number): Promise<DeliveryPart> {
    const entry = await this.read(taskId, position);
    if (!('part' in entry)) throw deliveryMissing(taskId);
    return entry.part;
  }

  private async read(taskId: PrimaryKey, position: number): Promise<SpoolEntry> {
    const row = (await this.model.findOne({
      attributes: ['content'],
      where: { taskId, position },
      raw: true,
    })) as unknown as { content: string } | null;
    if (!row) throw deliveryMissing(taskId);
    const [wrappedKey, sealed] = row.content.split(SEPARATOR);
    try {
      return openEntry(sealed, Buffer.from(await this.encryptor().decrypt(wrappedKey), 'hex'), position);
    } catch {
      // The key of the installation has changed, or an earlier version has written it.
      throw deliveryMissing(taskId);
    }
  }

  private get model() {
    return this.db.getModel('userDataSyncHeldDeliveries');
  }
}

/** A database that is out of reach says nothing about what is kept. */
function ifMissing(error: unknown): undefined {
  if (!(error instanceof SyncError)) throw error;
}

const deliveryMissing = (taskId: PrimaryKey) => new SyncError('DELIVERY_GONE', { task: String(taskId) });
