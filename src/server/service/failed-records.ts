import type { Database } from '@nocobase/database';
import type { OutcomeKind } from '../../common/outcomes';
import { DATA_TYPES, type SyncDataType } from '../../common/records';
import { fromJsonColumn } from '../database/json-column';
import { pagesOf } from '../database/read-pages';
import { SyncError, type ErrorCode, type MessageParams } from '../errors';
import type { OriginRecordStore } from '../links';
import type { PrimaryKey } from '../model/primary-key';
import type { Delivery, Rejection } from '../model/records';
import { RefusedRecord } from '../records/parts';
import type { NewerDelivery } from '../tasks';

/** An attempt of a task, as far as its failed records are looked for. */
export interface FailedAttempt {
  readonly taskId: PrimaryKey;
  readonly attempt: number;
  readonly sourceName: string;
  readonly matchKey?: string;
  /** What the source has delivered since. */
  readonly newer: readonly NewerDelivery[];
}

interface FailedRow {
  id: PrimaryKey;
  uid: string;
  name: string | null;
  dataType: SyncDataType | null;
  kind: OutcomeKind | null;
  /** What failed has one. */
  code: ErrorCode;
  params: unknown;
}

/**
 * The records that failed in an attempt, as they are stored now. What was rejected is not stored: it fails again, for
 * the same reason. So does, with `TASK_OUTDATED`, what newer data may have overtaken.
 */
export async function* failedDeliveries(
  db: Database,
  origins: OriginRecordStore,
  attempt: FailedAttempt,
): AsyncGenerator<Delivery> {
  const { sourceName, matchKey } = attempt;
  const query = {
    attributes: ['id', 'uid', 'name', 'dataType', 'kind', 'code', 'params'],
    where: { taskId: attempt.taskId, attempt: attempt.attempt, action: 'failed' },
  };
  // A record may have failed in several targets.
  const seen = new Set<string>();
  for await (const rows of pagesOf<FailedRow>(db.getModel('userDataSyncOutcomes'), query, 'id')) {
    for (const dataType of DATA_TYPES) {
      const failed = rows.filter((row) => row.dataType === dataType && isNew(row, seen));
      const records = await recordsOf(failed, dataType, origins, attempt);
      if (records.length > 0) yield { sourceName, dataType, matchKey, mode: 'delta', records };
    }
  }
}

/** Fails with `NOTHING_TO_RETRY` or `TASK_OUTDATED` when none of the failed records can be run again. */
export async function requireFailed(db: Database, origins: OriginRecordStore, attempt: FailedAttempt): Promise<void> {
  let outdated: RefusedRecord | undefined;
  for await (const { records } of failedDeliveries(db, origins, attempt)) {
    if (records.some((record) => !(record instanceof RefusedRecord))) return;
    outdated ??= (records as readonly RefusedRecord[]).find(({ rejection }) => rejection.code === 'TASK_OUTDATED');
  }
  if (outdated) throw new SyncError('TASK_OUTDATED', outdated.rejection.params);
  throw new SyncError('NOTHING_TO_RETRY', { task: String(attempt.taskId) });
}

function isNew({ uid, dataType, kind }: FailedRow, seen: Set<string>): boolean {
  const key = JSON.stringify([dataType, uid]);
  if (kind !== 'rejected' && seen.has(key)) return false;
  seen.add(key);
  return true;
}

async function recordsOf(
  failed: readonly FailedRow[],
  dataType: SyncDataType,
  origins: OriginRecordStore,
  { taskId, sourceName, newer }: FailedAttempt,
): Promise<unknown[]> {
  const records: unknown[] = failed
    .filter(({ kind }) => kind === 'rejected')
    .map((row) => new RefusedRecord(toRejection(row)));
  const since = newer.filter(({ dataTypes }) => dataTypes.includes(dataType));
  for (const kind of ['record', 'removal'] as const) {
    const uids = failed.filter((row) => row.kind === kind).map(({ uid }) => uid);
    if (uids.length === 0) continue;
    const overtaking = since.find((delivery) => mayOvertake(delivery, kind));
    const ids = await origins.idsOf(sourceName, dataType, uids);
    for (const { record } of await origins.load(ids, { asRemoved: kind === 'removal' })) {
      const params = { task: String(taskId), newer: String(overtaking?.id) };
      const { uid, raw } = record;
      records.push(overtaking ? new RefusedRecord({ uid, code: 'TASK_OUTDATED', params, record: raw }) : raw);
    }
  }
  return records;
}

/**
 * Whether a newer delivery may say something else about a record. A record that is present is stored as it was last
 * delivered, unless a newer full delivery lacks it. A removed record may have been delivered again, and when nothing in
 * it had changed, the stored record does not show that.
 */
function mayOvertake({ isFull }: NewerDelivery, kind: 'record' | 'removal'): boolean {
  return kind === 'removal' || isFull;
}

function toRejection({ uid, name, code, params }: FailedRow): Rejection {
  return {
    uid,
    code,
    params: (fromJsonColumn(params) ?? {}) as MessageParams,
    record: { uid, name },
  };
}
