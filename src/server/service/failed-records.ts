import type { Database } from '@nocobase/database';
import { fromJsonColumn } from '../database/json-column';
import { readInPages } from '../database/read-pages';
import { loadInSlices } from '../database/slices';
import { SyncError, type ErrorCode, type MessageParams } from '../errors';
import type { OriginRecordStore } from '../links';
import type { Batch } from '../pipeline/batches';
import type { PrimaryKey } from '../pipeline/contracts';
import type { OutcomeKind } from '../pipeline/report';
import type { SyncDataType, SyncRecord } from '../records/types';
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
 * the same reason. So does, with `TASK_OUTDATED`, what newer data may have overtaken. Gives nothing when none is left.
 */
export async function failedBatches(
  db: Database,
  origins: OriginRecordStore,
  { taskId, attempt, sourceName, matchKey, newer }: FailedAttempt,
): Promise<Batch[]> {
  const query = {
    attributes: ['id', 'uid', 'name', 'dataType', 'kind', 'code', 'params'],
    where: { taskId, attempt, action: 'failed' },
  };
  const rows = await readInPages<FailedRow>(db.getModel('userDataSyncOutcomes'), query, 'id');
  const batches: Batch[] = [];
  for (const dataType of ['department', 'user'] as const) {
    const failed = rows.filter((row) => row.dataType === dataType);
    if (failed.length === 0) continue;
    const since = newer.filter(({ dataTypes }) => dataTypes.includes(dataType));
    const overtaken = new Map<SyncRecord, PrimaryKey>();
    const records: SyncRecord[] = [];
    for (const kind of ['record', 'removal'] as const) {
      for (const { record } of await stored(kind, { gone: kind === 'removal' })) {
        const overtaking = since.find((delivery) => mayOvertake(delivery, kind));
        if (overtaking) overtaken.set(record, overtaking.id);
        else records.push(record);
      }
    }
    const rejected = [
      ...failed.filter(({ kind }) => kind === 'rejected').map(toRejection),
      ...[...overtaken].map(([{ uid, raw }, id]) => ({
        uid,
        code: 'TASK_OUTDATED' as const,
        params: { task: String(taskId), newer: String(id) },
        record: raw,
      })),
    ];
    batches.push({ sourceName, dataType, matchKey, mode: 'delta', records, rejected, warnings: [] });

    async function stored(kind: OutcomeKind, how: { gone: boolean }) {
      const uids = [...new Set(failed.filter((row) => row.kind === kind).map(({ uid }) => uid))];
      const ids = await origins.idsOf(sourceName, dataType, uids);
      return loadInSlices<PrimaryKey, Awaited<ReturnType<typeof origins.load>>[number]>(ids, (slice) =>
        origins.load(slice, how),
      );
    }
  }
  if (batches.some(({ records }) => records.length > 0)) return batches;
  const outdated = batches.flatMap(({ rejected }) => rejected).find(({ code }) => code === 'TASK_OUTDATED');
  if (outdated) throw new SyncError('TASK_OUTDATED', outdated.params);
  return [];
}

/**
 * Whether a record may have become something else since. One that is there is stored as it was last delivered, but
 * somebody who is missing from everything has gone. And who had gone may have been delivered again, without a trace if
 * nothing about them had changed.
 */
function mayOvertake({ isFull }: NewerDelivery, kind: 'record' | 'removal'): boolean {
  return kind === 'removal' || isFull;
}

function toRejection({ uid, name, code, params }: FailedRow): Batch['rejected'][number] {
  return {
    uid,
    code,
    params: (fromJsonColumn(params) ?? {}) as MessageParams,
    record: { uid, name },
  };
}
