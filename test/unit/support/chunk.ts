import { DEFAULT_RULES, type ProtectionRules, type RemovalPolicy } from '../../../src/common/rules';
import type { SyncRecord } from '../../../src/server/model/records';
import type { TrackedRecord } from '../../../src/server/model/tracked-record';
import type { RunContext, TargetChunk } from '../../../src/server/pipeline/contracts';

interface ChunkOptions extends Partial<Omit<TargetChunk, 'records' | 'run'>> {
  readonly removal?: Partial<RemovalPolicy>;
  readonly protection?: Partial<ProtectionRules>;
  readonly run?: Partial<Omit<RunContext, 'removal' | 'protection'>>;
}

/** The source of all chunks. */
export const SOURCE = 'hr';

/** A chunk as the pipeline hands it to a target: the last one of a delivery, by the default rules. */
export function chunkOf<R extends SyncRecord>(
  records: readonly TrackedRecord<R>[],
  { removal, protection, run, ...options }: ChunkOptions = {},
): TargetChunk<R> {
  return {
    sourceName: SOURCE,
    dataType: records[0]?.record.dataType ?? 'user',
    final: true,
    ...options,
    records,
    run: {
      isPurge: false,
      userLimit: null,
      ...run,
      removal: { ...DEFAULT_RULES.removal, ...removal },
      protection: { ...DEFAULT_RULES.protection, ...protection },
    },
  };
}
