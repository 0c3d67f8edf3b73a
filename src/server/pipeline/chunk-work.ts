import type { SyncDataType } from '../../common/records';
import type { OriginRecordStore, Tracking } from '../links';
import type { LinksByUid } from '../model/link';
import type { SyncRecord } from '../model/records';
import type { SyncTarget, TargetChunk } from './contracts';
import type { PipelineDeps } from './deps';
import { Preview } from './preview-state';
import { syncChunk, type ChunkResult, type KeepOutcomes } from './sync-chunk';

/** What is done with the records of a run: they are written, or it is only found out what would be written. */
export interface ChunkWork {
  /** Finds out what is stored about records, in the same order. */
  track(sourceName: string, dataType: SyncDataType, records: readonly SyncRecord[]): Promise<Tracking>;
  perform(target: SyncTarget, chunk: TargetChunk, keep: KeepOutcomes): Promise<ChunkResult>;
}

/** Stores what a source says, and writes what targets plan. */
export const writing = (deps: PipelineDeps): ChunkWork => ({
  track: (sourceName, dataType, records) => deps.origins.track(sourceName, dataType, records),
  perform: (target, chunk, keep) => syncChunk(target, chunk, deps, keep),
});

/** What stands for a chunk with which nothing is done. */
const NOTHING: ChunkResult = { kept: [], outcomes: [], warnings: [], deferred: [], links: new Map() };

/**
 * Writes nothing, and remembers what would be there by now for the plans that come after. Targets that are not `meant`
 * are left out.
 */
export function foreseeing(
  origins: OriginRecordStore,
  isMeant: (target: SyncTarget, dataType: SyncDataType) => boolean = () => true,
): ChunkWork {
  const preview = new Preview();
  return {
    track: async (sourceName, dataType, records) => ({
      tracked: await origins.peek(sourceName, dataType, records),
      refused: [],
    }),
    perform: async (target, chunk) => {
      if (!isMeant(target, chunk.dataType)) return NOTHING;
      const plan = await target.plan({ ...chunk, preview });
      const links: LinksByUid = (await target.simulate?.(plan, preview)) ?? new Map();
      const { outcomes, warnings, deferred } = plan;
      return { kept: [], outcomes, warnings, deferred, links };
    },
  };
}
