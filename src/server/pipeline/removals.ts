import { inSlices } from '../database/slices';
import type { RecordSet } from '../deliveries';
import type { OriginRecordStore, OwnedRecord } from '../links';
import type { Warning } from '../model/records';
import type { TrackedRecord } from '../model/tracked-record';
import type { DecidingTargets } from './deciding-targets';

/** A record set, and what is missing from it. */
export interface DividedRecordSet {
  readonly recordSet: RecordSet;
  /** What is to be said about the record set as a whole. */
  readonly warnings: readonly Warning[];
  /** Records of the source that a full delivery does not have. */
  readonly missing: readonly OwnedRecord[];
  /** Records of the source before the run; counted only when something is removed. */
  readonly owned: number;
  /** A full delivery without a record that is there. */
  readonly isEmpty: boolean;
}

/**
 * Finds what is missing, by comparing with everything that the source owns: not with what it delivered last, so that a
 * removal which was held back is found again. When records came whose uid cannot be read, nothing counts as missing: each
 * of them could be the record that seems to be missing.
 */
export async function divideRecordSets(
  recordSets: readonly RecordSet[],
  origins: OriginRecordStore,
  decidingFor: DecidingTargets,
  isPurge: boolean,
): Promise<DividedRecordSet[]> {
  const divided: DividedRecordSet[] = [];
  const judged = new Set<string>();
  for (const recordSet of recordSets) {
    const { sourceName, dataType } = recordSet;
    const siblings = recordSets.filter((other) => other.sourceName === sourceName && other.dataType === dataType);
    const isFull = siblings.some(({ mode }) => mode === 'full');
    const key = JSON.stringify([sourceName, dataType]);
    const isFirst = !judged.has(key);
    judged.add(key);
    const targets = decidingFor(dataType);
    const isJudged = isFull && isFirst;
    const owned = isJudged ? await origins.owned(sourceName, dataType, targets, { withInactive: isPurge }) : [];
    const missing = owned.filter(({ uid }) => !siblings.some(({ index }) => index.has(uid)));
    const unreadable = siblings.reduce((sum, { index }) => sum + index.unreadable, 0);
    const isPostponed = missing.length > 0 && unreadable > 0;
    const removes = siblings.some(({ index }) => index.deleted > 0);
    divided.push({
      recordSet,
      warnings: isPostponed ? [...recordSet.warnings, postponed(unreadable)] : recordSet.warnings,
      missing: isPostponed ? [] : missing,
      owned: !isJudged && isFirst && removes ? await origins.countOwned(sourceName, dataType, targets) : owned.length,
      isEmpty: !isPurge && isJudged && siblings.every(({ index }) => index.present === 0),
    });
  }
  return divided;
}

const postponed = (count: number) => ({ uid: '', code: 'REMOVALS_POSTPONED' as const, params: { count } });

/** Missing records as they were last delivered, as deleted ones. */
export async function* loadMissing(
  missing: readonly OwnedRecord[],
  origins: OriginRecordStore,
  size: number,
): AsyncGenerator<readonly TrackedRecord[]> {
  for (const slice of inSlices(missing, size))
    yield await origins.load(
      slice.map(({ id }) => id),
      { asRemoved: true },
    );
}
