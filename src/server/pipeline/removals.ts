import { inSlices } from '../database/slices';
import type { OriginRecordStore, OwnedRecord } from '../links';
import { Breather } from '../pacing';
import type { Batch } from './batches';
import type { TrackedRecord } from './contracts';
import type { TargetNames } from './owners';

/** A batch, divided into what is there and what has gone. */
export interface DividedBatch {
  readonly batch: Batch;
  /** Records that are delivered and there. */
  readonly present: Batch['records'];
  /** Records that are delivered as deleted. */
  readonly deleted: Batch['records'];
  /** Records of the source that a full delivery does not have. */
  readonly missing: readonly OwnedRecord[];
  /** Records of the source before the run; counted only when something goes. */
  readonly owned: number;
  /** A full delivery without a record that is there. */
  readonly isEmpty: boolean;
}

/**
 * Finds what has gone, by comparing with everything that the source owns: not with what it delivered last, so that a
 * removal which was held back is found again. While records came whose uid nobody can read, nobody is missing: they
 * could be theirs.
 */
export async function divideBatches(
  batches: readonly Batch[],
  origins: OriginRecordStore,
  ownersOf: TargetNames,
  isPurge: boolean,
): Promise<DividedBatch[]> {
  const divided: DividedBatch[] = [];
  const judged = new Set<string>();
  for (const batch of batches) {
    const { sourceName, dataType } = batch;
    const siblings = batches.filter((other) => other.sourceName === sourceName && other.dataType === dataType);
    const isFull = siblings.some(({ mode }) => mode === 'full');
    const present = batch.records.filter((record) => !record.isDeleted);
    const deleted = batch.records.filter((record) => record.isDeleted);
    const key = JSON.stringify([sourceName, dataType]);
    const isFirst = !judged.has(key);
    judged.add(key);
    const targets = ownersOf(dataType);
    const isJudged = isFull && isFirst;
    const owned = isJudged ? await origins.owned(sourceName, dataType, targets, { gone: isPurge }) : [];
    const missing = await missingFrom(siblings, owned);
    const unreadable = siblings.reduce((sum, { rejected }) => sum + countUnreadable(rejected), 0);
    const isPostponed = missing.length > 0 && unreadable > 0;
    divided.push({
      batch: isPostponed ? { ...batch, warnings: [...batch.warnings, postponed(unreadable)] } : batch,
      present,
      deleted,
      missing: isPostponed ? [] : missing,
      owned:
        !isJudged && isFirst && siblings.some(({ records }) => records.some((record) => record.isDeleted))
          ? await origins.countOwned(sourceName, dataType, targets)
          : owned.length,
      isEmpty: !isPurge && isJudged && siblings.every(({ records }) => records.every((r) => r.isDeleted)),
    });
  }
  return divided;
}

/** Owned records that no part has; who was delivered but rejected is not missing. */
async function missingFrom(parts: readonly Batch[], owned: readonly OwnedRecord[]): Promise<OwnedRecord[]> {
  if (owned.length === 0) return [];
  const breather = new Breather();
  const delivered = new Set<string | null>();
  for (const { records, rejected } of parts) {
    for (const list of [records, rejected]) {
      for (const { uid } of list) {
        delivered.add(uid);
        await breather.breathe();
      }
    }
  }
  return owned.filter(({ uid }) => !delivered.has(uid));
}

const countUnreadable = (rejected: Batch['rejected']) => rejected.filter(({ uid }) => uid === null).length;

const postponed = (count: number) => ({ uid: '', code: 'REMOVALS_POSTPONED' as const, params: { count } });

/** Missing records as they were last delivered, as deleted ones. */
export async function* loadMissing(
  missing: readonly OwnedRecord[],
  origins: OriginRecordStore,
  size: number,
): AsyncGenerator<TrackedRecord[]> {
  for (const slice of inSlices(missing, size))
    yield await origins.load(
      slice.map(({ id }) => id),
      { gone: true },
    );
}
