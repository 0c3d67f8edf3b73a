import type { Database } from '@nocobase/database';
import type { Transaction } from 'sequelize';
import type { SyncDataType } from '../../common/records';
import { insertRowsForKeys } from '../database/insert-rows';
import { inSlices, loadInSlices } from '../database/slices';
import { updateRows } from '../database/update-rows';
import type { Link } from '../model/link';
import type { PrimaryKey } from '../model/primary-key';

/** A link that is to be made. */
export interface NewLink {
  readonly recordId: PrimaryKey;
  readonly resource: string;
  readonly resourcePk: PrimaryKey;
  readonly adopted: boolean;
}

/** Another record that is linked to a row. */
export interface Claim {
  /** Id of the link. */
  readonly id: PrimaryKey;
  readonly recordId: PrimaryKey;
  readonly resourcePk: string;
  readonly adopted: boolean;
  readonly inactive: boolean;
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
  inactive: boolean | null;
}

const LINKS_PER_STATEMENT = 1000;
/** A record may have hundreds of links, and the driver makes objects of all rows of a statement in one go. */
const RECORDS_PER_STATEMENT = 250;

/** Reads and writes links, in `userDataSyncRecordsResources`, many at a time. */
export class LinkStore {
  constructor(private readonly db: Database) {}

  /** The links of records, by the record's id as text. */
  async of(recordIds: readonly PrimaryKey[], transaction?: Transaction): Promise<Map<string, Link[]>> {
    const byRecord = new Map<string, Link[]>();
    const find = (recordId: PrimaryKey[]) => this.find({ recordId }, transaction);
    const rows = await loadInSlices<PrimaryKey, LinkRow>(recordIds, find, RECORDS_PER_STATEMENT);
    for (const row of rows) {
      const links = byRecord.get(String(row.recordId)) ?? [];
      links.push(toLink(row));
      byRecord.set(String(row.recordId), links);
    }
    return byRecord;
  }

  /** All claims on rows of a target, by all records of all sources. */
  async claims(resource: string, rowIds: readonly PrimaryKey[], transaction?: Transaction): Promise<Claim[]> {
    const find = (ids: PrimaryKey[]) => this.find({ resource, resourcePk: ids.map(String) }, transaction);
    const rows = await loadInSlices<PrimaryKey, LinkRow>(rowIds, find, RECORDS_PER_STATEMENT);
    const recordIds = [...new Set(rows.map((row) => row.recordId))];
    const records = await loadInSlices<
      PrimaryKey,
      { id: PrimaryKey; sourceName: string; dataType: SyncDataType; sourceUk: string }
    >(recordIds, (id) =>
      this.db.getModel('userDataSyncRecords').findAll({
        attributes: ['id', 'sourceName', 'dataType', 'sourceUk'],
        where: { id },
        raw: true,
        transaction,
      }),
    );
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
    const records = await loadInSlices<string, { id: PrimaryKey; sourceUk: string }>(uids, (sourceUk) =>
      this.db.getModel('userDataSyncRecords').findAll({
        attributes: ['id', 'sourceUk'],
        where: { sourceName, dataType, sourceUk },
        raw: true,
      }),
    );
    const uidOf = new Map(records.map((record) => [String(record.id), record.sourceUk]));
    const find = (slice: { id: PrimaryKey }[]) => this.find({ resource, recordId: slice.map(({ id }) => id) });
    const rows = await loadInSlices<{ id: PrimaryKey }, LinkRow>(records, find, RECORDS_PER_STATEMENT);
    return new Map(rows.map((row) => [uidOf.get(String(row.recordId)) as string, row.resourcePk]));
  }

  /** Makes links and gives them back by the record's id as text. */
  async add(links: readonly NewLink[], transaction: Transaction): Promise<Map<string, Link[]>> {
    const rows = links.map((link) => ({ ...link, resourcePk: String(link.resourcePk) }));
    const ids = await insertRowsForKeys(this.model, rows, transaction);
    const byRecord = new Map<string, Link[]>();
    rows.forEach(({ recordId, resource, resourcePk, adopted }, index) => {
      const ofRecord = byRecord.get(String(recordId)) ?? [];
      ofRecord.push({ id: ids[index], resource, resourcePk, adopted, inactive: false });
      byRecord.set(String(recordId), ofRecord);
    });
    return byRecord;
  }

  /** Marks links as those of records that were removed from the source, or that were delivered again. */
  async setInactive(linkIds: readonly PrimaryKey[], inactive: boolean, transaction?: Transaction): Promise<void> {
    for (const slice of inSlices(linkIds, LINKS_PER_STATEMENT))
      await this.model.update({ inactive }, { where: { id: [...slice] }, transaction, hooks: false });
  }

  /** Gives links to other records: id of the link → id of the record that has it from now on. */
  async reassign(newRecordIds: ReadonlyMap<PrimaryKey, PrimaryKey>, transaction: Transaction): Promise<void> {
    const rows = [...newRecordIds].map(([id, recordId]) => ({ id, values: { recordId } }));
    await updateRows(this.model, rows, transaction);
  }

  /** Removes links by their ids. */
  async remove(linkIds: readonly PrimaryKey[], transaction?: Transaction): Promise<void> {
    for (const slice of inSlices(linkIds, LINKS_PER_STATEMENT))
      await this.model.destroy({ where: { id: [...slice] }, transaction, hooks: false });
  }

  /** Removes all links of records. */
  async removeOf(recordIds: readonly PrimaryKey[], transaction: Transaction): Promise<void> {
    await this.model.destroy({ where: { recordId: [...recordIds] }, transaction, hooks: false });
  }

  private async find(where: Record<string, unknown>, transaction?: Transaction): Promise<LinkRow[]> {
    const rows = await this.model.findAll({ where, order: ['id'], raw: true, transaction });
    return rows as unknown as LinkRow[];
  }

  private get model() {
    return this.db.getModel('userDataSyncRecordsResources');
  }
}

/** Rows of earlier versions do not say whether they adopted; their source removed what it was linked to. */
function toLink(row: LinkRow): Link {
  const { id, resource, resourcePk, adopted, inactive } = row;
  return { id, resource, resourcePk, adopted: Boolean(adopted), inactive: Boolean(inactive) };
}
