import { isDeepStrictEqual } from 'node:util';
import type { Database } from '@nocobase/database';
import { Op, type Transaction } from 'sequelize';
import type { SyncDataType } from '../../common/records';
import { databaseFault, refusalReason } from '../database/faults';
import { insertRowsForKeys } from '../database/insert-rows';
import { isolate } from '../database/isolate';
import { fromJsonColumn } from '../database/json-column';
import { readInPages } from '../database/read-pages';
import { inSlices, loadInSlices } from '../database/slices';
import { inTransaction } from '../database/transaction';
import { updateRows, type RowUpdate } from '../database/update-rows';
import type { PrimaryKey } from '../model/primary-key';
import type { Rejection, SyncRecord } from '../model/records';
import { type TrackedRecord, FUTURE_ROW } from '../model/tracked-record';
import { Breather } from '../pacing';
import { parseStoredRecord } from '../records/normalise';
import { maskSecrets } from '../security/secrets';
import { LinkStore } from './link-store';

interface OriginRow {
  id: PrimaryKey;
  sourceUk: string;
  dataType: SyncDataType;
  metaData: unknown;
}

/** A record of a source that is there. */
export interface OwnedRecord {
  readonly id: PrimaryKey;
  readonly uid: string;
}

/** Records with their ids and links, and those that the database does not take. */
export interface Tracking {
  readonly tracked: readonly TrackedRecord[];
  readonly refused: readonly Rejection[];
}

const RECORDS_PER_STATEMENT = 2000;

/** Keeps what each source last said about each of its records, in `userDataSyncRecords`. */
export class OriginRecordStore {
  readonly links: LinkStore;

  constructor(private readonly db: Database) {
    this.links = new LinkStore(db);
  }

  /**
   * Stores what a source says about some records and gives them back with their ids and links, in the same order.
   * A record that says what it said before is not written. A record that the database does not take is refused alone.
   */
  async track(sourceName: string, dataType: SyncDataType, records: readonly SyncRecord[]): Promise<Tracking> {
    const parts = await isolate<SyncRecord, Tracking>(records, {
      work: async (some) => ({ tracked: await this.trackAll(sourceName, dataType, some), refused: [] }),
      blame: ({ uid, raw }, error) => {
        const params = { reason: refusalReason(error) };
        return { tracked: [], refused: [{ uid, code: 'WRITE_FAILED', params, record: maskSecrets(raw) }] };
      },
      isNobodysFault: (error) => databaseFault(error) !== 'data',
    });
    return {
      tracked: parts.flatMap(({ tracked }) => tracked),
      refused: parts.flatMap(({ refused }) => refused),
    };
  }

  /** Stores all of the records or none. Four statements at most. */
  private async trackAll(
    sourceName: string,
    dataType: SyncDataType,
    records: readonly SyncRecord[],
  ): Promise<TrackedRecord[]> {
    const uids = records.map((record) => record.uid);
    const rows = (await this.model.findAll({
      attributes: ['id', 'sourceUk', 'metaData'],
      where: { sourceName, dataType, sourceUk: uids },
      raw: true,
    })) as unknown as OriginRow[];
    const byUid = new Map(rows.map((row) => [row.sourceUk, row]));
    const added = records.filter((record) => !byUid.has(record.uid));
    const breather = new Breather();
    const changed: RowUpdate[] = [];
    const made = new Map<string, unknown>();
    for (const record of records) {
      const row = byUid.get(record.uid);
      const before = row && fromJsonColumn(row.metaData);
      const metaData = toStore(record, before);
      if (!row) made.set(record.uid, metaData);
      else if (!isDeepStrictEqual(before, metaData))
        changed.push({ id: row.id, values: { metaData, lastMetaData: before } });
      await breather.breathe();
    }
    const ids = new Map(rows.map((row) => [row.sourceUk, row.id]));
    if (added.length + changed.length > 0) {
      await inTransaction(this.db, async (transaction) => {
        const rows = added.map(({ uid }) => ({ sourceName, dataType, sourceUk: uid, metaData: made.get(uid) }));
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

  /** Like `track`, without storing anything: records that are not known yet get `FUTURE_ROW` as their id. */
  async peek(sourceName: string, dataType: SyncDataType, records: readonly SyncRecord[]): Promise<TrackedRecord[]> {
    const tracked: TrackedRecord[] = [];
    for (const slice of inSlices(records, RECORDS_PER_STATEMENT)) {
      const rows = await this.find({ sourceName, dataType, sourceUk: slice.map(({ uid }) => uid) }, ['id', 'sourceUk']);
      const ids = new Map(rows.map((row) => [row.sourceUk, row.id]));
      const links = await this.links.of(rows.map((row) => row.id));
      for (const record of slice) {
        const id = ids.get(record.uid) ?? FUTURE_ROW;
        tracked.push({ id, record, links: links.get(String(id)) ?? [] });
      }
    }
    return tracked;
  }

  /**
   * The records of a source that are there: those with an active link to one of the targets; `withInactive` adds those
   * whose link has become inactive.
   */
  async owned(
    sourceName: string,
    dataType: SyncDataType,
    targets: readonly string[],
    { withInactive = false } = {},
  ): Promise<OwnedRecord[]> {
    const link = withInactive ? linkTo(targets) : activeLinkTo(targets);
    const query = { attributes: ['id', 'sourceUk'], where: { sourceName, dataType }, include: [link] };
    const rows = await readInPages<OriginRow>(this.model, query, 'id');
    return [...new Map(rows.map(({ id, sourceUk: uid }) => [uid, { id, uid }])).values()];
  }

  /** The departments that a source has described: uid → uid of the parent. */
  async parents(sourceName: string): Promise<Map<string, string | null>> {
    const query = {
      attributes: ['id', 'sourceUk', 'dataType', 'metaData'],
      where: { sourceName, dataType: 'department' },
    };
    const rows = await readInPages<OriginRow>(this.model, query, 'id');
    return new Map(
      rows.flatMap((row) => {
        const record = parseRow(row);
        return record?.dataType === 'department' ? [[record.uid, record.parentUid]] : [];
      }),
    );
  }

  /** Forgets everything that a source has delivered; what it was written to stays. */
  async forget(sourceName: string, transaction: Transaction): Promise<void> {
    for (;;) {
      const rows = (await this.model.findAll({
        attributes: ['id'],
        where: { sourceName },
        limit: RECORDS_PER_STATEMENT,
        raw: true,
        transaction,
      })) as unknown as OriginRow[];
      if (rows.length === 0) return;
      const ids = rows.map(({ id }) => id);
      await this.links.removeOf(ids, transaction);
      await this.model.destroy({ where: { id: ids }, transaction, hooks: false });
    }
  }

  /** Ids of the rows of records, as far as they are stored. */
  async idsOf(sourceName: string, dataType: SyncDataType, uids: readonly string[]): Promise<PrimaryKey[]> {
    const rows = await loadInSlices<string, OriginRow>(uids, (sourceUk) =>
      this.find({ sourceName, dataType, sourceUk }, ['id']),
    );
    return rows.map(({ id }) => id);
  }

  /** How many records of a source are there, or only those whose row was there before the source; see `owned`. */
  async countOwned(
    sourceName: string,
    dataType: SyncDataType,
    targets: readonly string[],
    { adopted = false } = {},
  ): Promise<number> {
    return this.model.count({
      where: { sourceName, dataType },
      include: [activeLinkTo(targets, adopted ? { adopted: true } : {})],
      distinct: true,
      col: 'id',
    });
  }

  /** Records as they were last stored, by the ids of their rows; `asRemoved` makes them deleted ones. */
  async load(ids: readonly PrimaryKey[], { asRemoved = false } = {}): Promise<TrackedRecord[]> {
    const rows = await this.find({ id: [...ids] }, ['id', 'sourceUk', 'dataType', 'metaData']);
    const links = await this.links.of(ids);
    const breather = new Breather();
    const loaded: TrackedRecord[] = [];
    for (const row of rows) {
      const record = asRemoved ? parseAsRemoved(row) : parseRow(row);
      if (record) loaded.push({ id: row.id, record, links: links.get(String(row.id)) ?? [] });
      await breather.breathe();
    }
    return loaded;
  }

  private async find(where: Record<string, unknown>, attributes: readonly string[]): Promise<OriginRow[]> {
    const rows = await this.model.findAll({ attributes: [...attributes], where, order: ['id'], raw: true });
    return rows as unknown as OriginRow[];
  }

  private get model() {
    return this.db.getModel('userDataSyncRecords');
  }
}

/**
 * What is stored of a record: no secrets. A user's record that has no departments leaves them alone: what the source
 * has said about them still holds, above all for users who wait for one of them.
 */
function toStore(record: SyncRecord, before: unknown): unknown {
  const known = (before as { departments?: unknown } | null | undefined)?.departments;
  const isSilent = record.dataType === 'user' && record.departments === undefined;
  const masked = maskSecrets(record.raw) as object;
  return isSilent && Array.isArray(known) ? { ...masked, departments: known as unknown[] } : masked;
}

function parseRow(row: OriginRow): SyncRecord | undefined {
  return parseStoredRecord(row.dataType, { ...(fromJsonColumn(row.metaData) as object), uid: row.sourceUk });
}

/** A record can be removed whatever is stored about it, also what earlier versions stored. */
function parseAsRemoved(row: OriginRow): SyncRecord | undefined {
  const { sourceUk: uid, dataType } = row;
  const stored = { ...(fromJsonColumn(row.metaData) as object), uid, isDeleted: true };
  return parseStoredRecord(dataType, stored) ?? parseStoredRecord(dataType, { uid, isDeleted: true });
}

const linkTo = (targets: readonly string[], where: object = {}) => ({
  association: 'resources',
  attributes: [],
  required: true,
  where: { resource: [...targets], ...where },
});

const activeLinkTo = (targets: readonly string[], where: object = {}) =>
  linkTo(targets, { ...where, [Op.or]: [{ inactive: null }, { inactive: false }] });
