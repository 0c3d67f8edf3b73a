import { inSlices } from '../database/slices';
import type { PipelineDeps } from './prepared-run';
import type { RunContext, TrackedRecord } from './contracts';
import type { BatchReport } from './report';
import type { SyncDataType } from '../records/types';
import { syncChunk } from './sync-chunk';

const RECORDS_PER_PASS = 500;
/** So many departments stand in one statement. */
const ARRIVED_PER_STATEMENT = 1000;
/** The target that makes links between records. */
const LINKING_TARGET = 'departments';

/** Makes links that stored records of a source waited for, as far as what they waited for is there now. */
export async function linkPass(
  sourceName: string,
  report: BatchReport,
  { targets, origins, pending, exclusively }: PipelineDeps,
  run: RunContext,
  signal?: AbortSignal,
): Promise<void> {
  const link = async (dataType: SyncDataType, records: readonly TrackedRecord[]) => {
    const target = targets.accepting(dataType).find(({ name }) => name === LINKING_TARGET);
    if (!target || records.length === 0) return;
    const { outcomes } = await syncChunk(target, { sourceName, dataType, records, final: true, run }, exclusively);
    for (const outcome of outcomes) report.addLinkPass(target, dataType, outcome);
  };

  for (const arrived of inSlices(await pending.arrived(sourceName), ARRIVED_PER_STATEMENT)) {
    for (let after: string | number = 0; ;) {
      signal?.throwIfAborted();
      const ids = await pending.waitingFor(sourceName, arrived, after, RECORDS_PER_PASS);
      if (ids.length === 0) break;
      after = ids[ids.length - 1];
      const woken = (await origins.load(ids)).filter(({ record }) => !record.isDeleted);
      for (const dataType of ['department', 'user'] as const) {
        await link(
          dataType,
          woken.filter(({ record }) => record.dataType === dataType),
        );
      }
    }
  }
}
