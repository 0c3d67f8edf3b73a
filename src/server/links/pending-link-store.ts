import type { Database } from '@nocobase/database';
import { col, fn, Op, type FindAttributeOptions, type Transaction } from 'sequelize';
import { insertRows } from '../database/insert-rows';
import { readInPages } from '../database/read-pages';
import { inSlices, loadInSlices } from '../database/slices';
import type { PrimaryKey } from '../model/primary-key';
import type { LinkStore } from './link-store';

/** A record that waits for a department of its source, known by its uid. */
export interface PendingLink {
  readonly recordId: PrimaryKey;
  readonly awaits: string;
}

/** What is to be remembered and forgotten. */
export interface PendingChanges {
  readonly added: readonly PendingLink[];
  readonly removedIds: readonly PrimaryKey[];
}

const RECORDS_PER_STATEMENT = 1000;
/** A record may wait for hundreds, and the driver makes objects of all rows of a statement in one go. */
const RECORDS_READ_AT_ONCE = 250;

/** Remembers links that cannot be made yet, in `userDataSyncPendingLinks`, until what they wait for arrives. */
export class PendingLinkStore {
  constructor(
    private readonly db: Database,
    private readonly links: LinkStore,
  ) {}

  /** What has to change so that exactly these records wait for exactly these uids. Reads only. */
  async changesTo(awaited: ReadonlyMap<PrimaryKey, readonly string[]>): Promise<PendingChanges> {
    if (awaited.size === 0) return { added: [], removedIds: [] };
    const find = (recordId: PrimaryKey[]) =>
      this.model.findAll({ attributes: ['id', 'recordId', 'awaits'], where: { recordId }, raw: true });
    const recordIds = [...awaited.keys()];
    const rows = await loadInSlices<PrimaryKey, PendingLink & { id: PrimaryKey }>(
      recordIds,
      find,
      RECORDS_READ_AT_ONCE,
    );
    const wanted = new Map(
      [...awaited].flatMap(([recordId, uids]) =>
        uids.map((awaits) => [`${recordId} ${awaits}`, { recordId, awaits }] as const),
      ),
    );
    const removedIds = rows.filter((row) => !wanted.delete(`${row.recordId} ${row.awaits}`)).map((row) => row.id);
    return { added: [...wanted.values()], removedIds };
  }

  /** Those of some records that wait for anything: ids as text. */
  async waitingAmong(recordIds: readonly PrimaryKey[]): Promise<Set<string>> {
    const find = (recordId: PrimaryKey[]) =>
      this.model.findAll({ attributes: ['recordId'], where: { recordId }, raw: true });
    const rows = await loadInSlices<PrimaryKey, PendingLink>(recordIds, find, RECORDS_READ_AT_ONCE);
    return new Set(rows.map(({ recordId }) => String(recordId)));
  }

  async write(sourceName: string, changes: PendingChanges, transaction: Transaction): Promise<void> {
    if (changes.removedIds.length > 0) {
      for (const slice of inSlices(changes.removedIds, RECORDS_PER_STATEMENT))
        await this.model.destroy({ where: { id: [...slice] }, transaction, hooks: false });
    }
    if (changes.added.length > 0) {
      const rows = changes.added.map((link) => ({ sourceName, ...link }));
      await insertRows(this.model, rows, transaction);
    }
  }

  /** Removes all that some records wait for. */
  async forgetRecords(recordIds: readonly PrimaryKey[], transaction: Transaction): Promise<void> {
    for (const slice of inSlices(recordIds, RECORDS_PER_STATEMENT))
      await this.model.destroy({ where: { recordId: [...slice] }, transaction, hooks: false });
  }

  /** Removes all that the records of a source wait for. */
  async forget(sourceName: string, transaction: Transaction): Promise<void> {
    await this.model.destroy({ where: { sourceName }, transaction, hooks: false });
  }

  /** Uids that some record of the source waits for and that have a department now. */
  async arrived(sourceName: string): Promise<string[]> {
    const attributes: FindAttributeOptions = [[fn('DISTINCT', col('awaits')), 'awaits']];
    const rows = await readInPages<{ awaits: string }>(this.model, { attributes, where: { sourceName } }, 'awaits');
    const uids = rows.map((row) => row.awaits);
    return [...(await this.links.rowsOf(sourceName, 'department', 'departments', uids)).keys()];
  }

  /** Some records that wait for one of the uids, from an id onwards, in the order of their ids. */
  async waitingFor(
    sourceName: string,
    uids: readonly string[],
    after: PrimaryKey,
    limit: number,
  ): Promise<PrimaryKey[]> {
    if (uids.length === 0) return [];
    const rows = (await this.model.findAll({
      attributes: ['recordId'],
      where: { sourceName, awaits: [...uids], recordId: { [Op.gt]: after } },
      group: ['recordId'],
      order: ['recordId'],
      limit,
      raw: true,
    })) as unknown as { recordId: PrimaryKey }[];
    return rows.map((row) => row.recordId);
  }

  private get model() {
    return this.db.getModel('userDataSyncPendingLinks');
  }
}
