import type { SyncDataType } from '../../common/records';
import { inSlices } from '../database/slices';
import type { Outcome } from '../model/outcome';
import type { TrackedRecord } from '../model/tracked-record';
import type { RunContext, SyncTarget } from './contracts';
import type { PipelineDeps, RunObserver } from './deps';
import type { RecordSetReport } from './report';
import { syncChunk, type KeepOutcomes } from './sync-chunk';

const RECORDS_PER_PASS = 500;
/** How many departments one statement names. */
const ARRIVED_PER_STATEMENT = 1000;

/** Makes links that stored records of a source waited for, as far as what they waited for is there now. */
export async function linkPass(
  sourceName: string,
  report: RecordSetReport,
  deps: PipelineDeps,
  run: RunContext,
  observer: RunObserver,
): Promise<void> {
  const { targets, origins, pending } = deps;
  const link = async (target: SyncTarget, dataType: SyncDataType, records: readonly TrackedRecord[]) => {
    if (records.length === 0) return;
    // Worth keeping with the task, but not counted: these are not records of this run.
    const entries = (outcomes: readonly Outcome[]) =>
      outcomes.flatMap((outcome) => report.entry(target, outcome, undefined, dataType) ?? []);
    const keep: KeepOutcomes = async (written, transaction) => observer.onWritten?.(entries(written), transaction);
    const chunk = { sourceName, dataType, records, final: true, run };
    const { outcomes } = await syncChunk(target, chunk, deps, keep);
    for (const entry of entries(outcomes)) observer.onOutcome?.(entry);
  };

  for (const arrived of inSlices(await pending.arrived(sourceName), ARRIVED_PER_STATEMENT)) {
    for (let after: string | number = 0; ;) {
      observer.signal?.throwIfAborted();
      const ids = await pending.waitingFor(sourceName, arrived, after, RECORDS_PER_PASS);
      if (ids.length === 0) break;
      after = ids[ids.length - 1];
      const woken = (await origins.load(ids)).filter(({ record }) => !record.isDeleted);
      for (const dataType of ['department', 'user'] as const) {
        const records = woken.filter(({ record }) => record.dataType === dataType);
        for (const target of targets.accepting(dataType).filter(({ awaits }) => awaits))
          await link(target, dataType, records);
      }
    }
  }
}
