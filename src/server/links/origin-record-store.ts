import { isDeepStrictEqual } from 'node:util';
import type { Database } from '@nocobase/database';
import { insertRowsForKeys } from '../database/insert-rows';
import { fromJsonColumn } from '../database/json-column';
import { inTransaction } from '../database/transaction';
import { updateRows } from '../database/update-rows';
import type { PrimaryKey, TrackedRecord } from '../pipeline/contracts';
import { parseStoredRecord } from '../records/normalise';
import type { SyncDataType, SyncRecord } from '../records/types';
import { LinkStore } from './link-store';

interface OriginRow {
  id: PrimaryKey;
  sourceUk: string;
  dataType: SyncDataType;
  metaData: unknown;
}

/** Keeps what each source last said about each of its records, in `userDataSyncRecords`. */
export class OriginRecordStore {
  readonly links: LinkStore;

  constructor(private readonly db: Database) {
    this.links = new LinkStore(db);
  }

  /**
   * Stores what a source says about some records and gives them back with their ids and links, in the same order.
   * A record that says what it said before is not written. Four statements at most.
   */
  async track(sourceName: string, dataType: SyncDataType, records: readonly SyncRecord[]): Promise<TrackedRecord[]> {
    const uids = records.map((record) => record.uid);
    const rows = (await this.model.findAll({
      attributes: ['id', 'sourceUk', 'metaData'],
      where: { sourceName, dataType, sourceUk: uids },
      raw: true,
    })) as unknown as OriginRow[];
    const byUid = new Map(rows.map((row) => [row.sourceUk, row]));
    const added = records.filter((record) => !byUid.has(record.uid));
    const changed = records.flatMap((record) => {
      const row = byUid.get(record.uid);
      const before = row && fromJsonColumn(row.metaData);
      if (!row || isDeepStrictEqual(before, record.raw)) return [];
      return [{ id: row.id, values: { metaData: record.raw, lastMetaData: before } }];
    });
    const ids = new Map(rows.map((row) => [row.sourceUk, row.id]));
    if (added.length + changed.length > 0) {
      await inTransaction(this.db, async (transaction) => {
        const rows = added.map(({ uid, raw }) => ({ sourceName, dataType, sourceUk: uid, metaData: raw }));
        const keys = await insertRowsForKeys(this.model, rows, transaction);
        added.forEach(({ uid }, index) => ids.set(uid, keys[index]));
        await updateRows(this.model, changed, transaction);
      });
    }
    const links = await this.links.of([...rows.map((row) => row.id)]);
    return records.map((record) => {
      const id = ids.get(record.uid) as PrimaryKey;
      return { id, record, links: links.get(String(id)) ?? [] };
    });
  }

  /** Records as they were last stored, by the ids of their rows. */
  async load(ids: readonly PrimaryKey[]): Promise<TrackedRecord[]> {
    const rows = (await this.model.findAll({
      attributes: ['id', 'sourceUk', 'dataType', 'metaData'],
      where: { id: [...ids] },
      order: ['id'],
      raw: true,
    })) as unknown as OriginRow[];
    const links = await this.links.of(ids);
    return rows.flatMap((row) => {
      const stored = { ...(fromJsonColumn(row.metaData) as object), uid: row.sourceUk };
      const record = parseStoredRecord(row.dataType, stored);
      return record ? [{ id: row.id, record, links: links.get(String(row.id)) ?? [] }] : [];
    });
  }

  private get model() {
    return this.db.getModel('userDataSyncRecords');
  }
}
