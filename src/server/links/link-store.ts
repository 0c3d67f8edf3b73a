import type { Database } from '@nocobase/database';
import type { Transaction } from 'sequelize';
import { insertRowsForKeys } from '../database/insert-rows';
import type { Link, PrimaryKey } from '../pipeline/contracts';
import type { SyncDataType } from '../records/types';

/** A link that is to be made. */
export interface NewLink {
  readonly recordId: PrimaryKey;
  readonly resource: string;
  readonly resourcePk: PrimaryKey;
  readonly adopted: boolean;
}

/** Who else claims a row. */
export interface Claim {
  /** Id of the link. */
  readonly id: PrimaryKey;
  readonly recordId: PrimaryKey;
  readonly resourcePk: string;
  readonly adopted: boolean;
  readonly sourceName: string;
  readonly dataType: SyncDataType;
  readonly uid: string;
}

interface LinkRow {
  id: PrimaryKey;
  recordId: PrimaryKey;
  resource: string;
  resourcePk: string;
  adopted: boolean | null;
}

/** Reads and writes links, in `userDataSyncRecordsResources`, many at a time. */
export class LinkStore {
  constructor(private readonly db: Database) {}

  /** The links of records, by the record's id as text. */
  async of(recordIds: readonly PrimaryKey[]): Promise<Map<string, Link[]>> {
    const byRecord = new Map<string, Link[]>();
    if (recordIds.length === 0) return byRecord;
    for (const row of await this.find({ recordId: [...recordIds] })) {
      const links = byRecord.get(String(row.recordId)) ?? [];
      links.push(toLink(row));
      byRecord.set(String(row.recordId), links);
    }
    return byRecord;
  }

  /** All claims on rows of a target, by all records of all sources. */
  async claims(resource: string, rowIds: readonly PrimaryKey[]): Promise<Claim[]> {
    if (rowIds.length === 0) return [];
    const rows = await this.find({ resource, resourcePk: rowIds.map(String) });
    const recordIds = [...new Set(rows.map((row) => row.recordId))];
    const records = (await this.db.getModel('userDataSyncRecords').findAll({
      attributes: ['id', 'sourceName', 'dataType', 'sourceUk'],
      where: { id: recordIds },
      raw: true,
    })) as unknown as { id: PrimaryKey; sourceName: string; dataType: SyncDataType; sourceUk: string }[];
    const byId = new Map(records.map((record) => [String(record.id), record]));
    return rows.flatMap((row) => {
      const record = byId.get(String(row.recordId));
      if (!record) return [];
      const { sourceName, dataType, sourceUk: uid } = record;
      return [{ ...toLink(row), recordId: row.recordId, sourceName, dataType, uid }];
    });
  }

  /** Rows of a target that records of one source and type are linked to: uid → primary key. */
  async rowsOf(
    sourceName: string,
    dataType: SyncDataType,
    resource: string,
    uids: readonly string[],
  ): Promise<Map<string, string>> {
    if (uids.length === 0) return new Map();
    const records = (await this.db.getModel('userDataSyncRecords').findAll({
      attributes: ['id', 'sourceUk'],
      where: { sourceName, dataType, sourceUk: [...uids] },
      raw: true,
    })) as unknown as { id: PrimaryKey; sourceUk: string }[];
    if (records.length === 0) return new Map();
    const uidOf = new Map(records.map((record) => [String(record.id), record.sourceUk]));
    const rows = await this.find({ resource, recordId: records.map((record) => record.id) });
    return new Map(rows.map((row) => [uidOf.get(String(row.recordId)) as string, row.resourcePk]));
  }

  /** Makes links and gives them back by the record's id as text. */
  async add(links: readonly NewLink[], transaction: Transaction): Promise<Map<string, Link[]>> {
    const rows = links.map((link) => ({ ...link, resourcePk: String(link.resourcePk) }));
    const ids = await insertRowsForKeys(this.model, rows, transaction);
    const byRecord = new Map<string, Link[]>();
    rows.forEach(({ recordId, resource, resourcePk, adopted }, index) => {
      const ofRecord = byRecord.get(String(recordId)) ?? [];
      ofRecord.push({ id: ids[index], resource, resourcePk, adopted });
      byRecord.set(String(recordId), ofRecord);
    });
    return byRecord;
  }

  /** Removes links by their ids. */
  async remove(linkIds: readonly PrimaryKey[], transaction?: Transaction): Promise<void> {
    if (linkIds.length === 0) return;
    await this.model.destroy({ where: { id: [...linkIds] }, transaction, hooks: false });
  }

  private async find(where: Record<string, unknown>): Promise<LinkRow[]> {
    const rows = await this.model.findAll({ where, order: ['id'], raw: true });
    return rows as unknown as LinkRow[];
  }

  private get model() {
    return this.db.getModel('userDataSyncRecordsResources');
  }
}

/** Rows of earlier versions do not say whether they adopted; their source removed what it was linked to. */
function toLink(row: LinkRow): Link {
  return { id: row.id, resource: row.resource, resourcePk: row.resourcePk, adopted: Boolean(row.adopted) };
}
