import type { Database } from '@nocobase/database';
import { fromJsonColumn } from '../database/json-column';
import { loadInSlices } from '../database/slices';
import type { ErrorCode, MessageParams } from '../errors';
import type { OriginRecordStore } from '../links';
import type { Batch } from '../pipeline/batches';
import type { PrimaryKey } from '../pipeline/contracts';
import type { OutcomeKind } from '../pipeline/report';
import type { MatchKey, SyncDataType } from '../records/types';

/** An attempt of a task, as far as its failed records are looked for. */
export interface FailedAttempt {
  readonly taskId: PrimaryKey;
  readonly attempt: number;
  readonly sourceName: string;
  readonly matchKey?: MatchKey;
}

interface FailedRow {
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
 * the same reason. Gives nothing when none of them is stored.
 */
export async function failedBatches(
  db: Database,
  origins: OriginRecordStore,
  { taskId, attempt, sourceName, matchKey }: FailedAttempt,
): Promise<Batch[]> {
  const rows = (await db.getModel('userDataSyncOutcomes').findAll({
    attributes: ['uid', 'name', 'dataType', 'kind', 'code', 'params'],
    where: { taskId, attempt, action: 'failed' },
    order: ['id'],
    raw: true,
  })) as unknown as FailedRow[];
  const batches: Batch[] = [];
  for (const dataType of ['department', 'user'] as const) {
    const failed = rows.filter((row) => row.dataType === dataType);
    if (failed.length === 0) continue;
    const rejected = failed.filter(({ kind }) => kind === 'rejected').map(toRejection);
    const records = [...(await stored('record', { gone: false })), ...(await stored('removal', { gone: true }))].map(
      ({ record }) => record,
    );
    batches.push({ sourceName, dataType, matchKey, mode: 'delta', records, rejected, warnings: [] });

    async function stored(kind: OutcomeKind, how: { gone: boolean }) {
      const uids = [...new Set(failed.filter((row) => row.kind === kind).map(({ uid }) => uid))];
      const ids = await origins.idsOf(sourceName, dataType, uids);
      return loadInSlices<PrimaryKey, Awaited<ReturnType<typeof origins.load>>[number]>(ids, (slice) =>
        origins.load(slice, how),
      );
    }
  }
  return batches.some(({ records }) => records.length > 0) ? batches : [];
}

function toRejection({ uid, name, code, params }: FailedRow): Batch['rejected'][number] {
  return {
    uid,
    code,
    params: (fromJsonColumn(params) ?? {}) as MessageParams,
    record: { uid, name },
  };
}
