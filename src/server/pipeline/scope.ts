import { Breather } from '../pacing';
import type { OriginRecordStore } from '../links';
import { ScopeFilter, type ScopeVerdict } from '../records/scope';
import type { DepartmentRecord, SyncRecord } from '../records/types';
import type { Scope } from '../sources/source-rules';
import type { Batch } from './batches';
import type { TargetNames } from './owners';

/**
 * Leaves out what is out of the scope of a source: it counts as absent. A record that changed may lack the field that a
 * rule asks for; then it is in scope if the source has brought it in before.
 */
export async function inScope(
  batches: readonly Batch[],
  scope: Scope,
  origins: OriginRecordStore,
  ownersOf: TargetNames,
): Promise<Batch[]> {
  const scoped: Batch[] = [];
  for (const batch of batches) {
    const filter = new ScopeFilter(scope, await departmentsOf(batch.sourceName, batches, scope, origins));
    if (filter.isOpen) {
      scoped.push(batch);
      continue;
    }
    const verdicts = await judgeAll(batch.records, filter);
    const isUnknown = (record: SyncRecord) => verdicts.get(record) === 'unknown';
    const owned =
      batch.mode === 'delta' && batch.records.some(isUnknown)
        ? await origins.owned(batch.sourceName, batch.dataType, ownersOf(batch.dataType))
        : [];
    const known = new Set(owned.map(({ uid }) => uid));
    const records = batch.records
      .filter((record) => verdicts.get(record) === 'in' || (isUnknown(record) && known.has(record.uid)))
      .map((record) => filter.narrow(record));
    scoped.push({ ...batch, records });
  }
  return scoped;
}

/** Conditions may be patterns, and each record is asked all of them. */
async function judgeAll(records: readonly SyncRecord[], filter: ScopeFilter): Promise<Map<SyncRecord, ScopeVerdict>> {
  const breather = new Breather();
  const verdicts = new Map<SyncRecord, ScopeVerdict>();
  for (const record of records) {
    verdicts.set(record, filter.judge(record));
    await breather.breathe();
  }
  return verdicts;
}

/** The tree as the source describes it: what is stored, and over it what has just come. */
async function departmentsOf(
  sourceName: string,
  batches: readonly Batch[],
  { subtrees }: Scope,
  origins: OriginRecordStore,
): Promise<Map<string, string | null>> {
  if (subtrees.length === 0) return new Map();
  const parents = await origins.parents(sourceName);
  for (const batch of batches) {
    if (batch.dataType !== 'department' || batch.sourceName !== sourceName) continue;
    for (const { uid, parentUid } of batch.records as readonly DepartmentRecord[]) parents.set(uid, parentUid);
  }
  return parents;
}
