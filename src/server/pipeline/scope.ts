import type { Scope } from '../../common/rules';
import type { RecordSet, RecordSetIndex, RecordPage } from '../deliveries';
import type { OriginRecordStore } from '../links';
import type { DepartmentRecord, SyncRecord } from '../model/records';
import { Breather } from '../pacing';
import { ScopeFilter } from '../records/scope';
import type { DecidingTargets } from './deciding-targets';

/**
 * Leaves out what is out of the scope of a source: it counts as absent. A record that changed may lack the field that a
 * rule asks for; then it is in scope if the source has brought it in before.
 */
export async function inScope(
  recordSets: readonly RecordSet[],
  scope: Scope,
  origins: OriginRecordStore,
  decidingFor: DecidingTargets,
): Promise<RecordSet[]> {
  const scoped: RecordSet[] = [];
  for (const recordSet of recordSets) {
    const filter = new ScopeFilter(scope, await departmentsOf(recordSet.sourceName, recordSets, scope, origins));
    const owned = async () =>
      recordSet.mode === 'delta'
        ? origins.owned(recordSet.sourceName, recordSet.dataType, decidingFor(recordSet.dataType))
        : [];
    scoped.push(filter.isOpen ? recordSet : await ScopedRecordSet.of(recordSet, filter, owned));
  }
  return scoped;
}

/** A record set without what is out of scope. */
class ScopedRecordSet implements RecordSet {
  readonly sourceName = this.recordSet.sourceName;
  readonly dataType = this.recordSet.dataType;
  readonly matchKey = this.recordSet.matchKey;
  readonly mode = this.recordSet.mode;
  readonly warnings = this.recordSet.warnings;
  readonly index: RecordSetIndex;

  private constructor(
    private readonly recordSet: RecordSet,
    private readonly filter: ScopeFilter,
    /** Uid → whether the record is delivered as deleted. */
    private readonly kept: ReadonlyMap<string, boolean>,
  ) {
    const { index } = recordSet;
    const deleted = [...kept.values()].filter(Boolean).length;
    this.index = {
      present: kept.size - deleted,
      deleted,
      rejected: index.rejected,
      unreadable: index.unreadable,
      isRejected: (uid) => index.isRejected(uid),
      has: (uid) => kept.has(uid) || index.isRejected(uid),
    };
  }

  static async of(
    recordSet: RecordSet,
    filter: ScopeFilter,
    ownedRecords: () => Promise<readonly { readonly uid: string }[]>,
  ): Promise<ScopedRecordSet> {
    const breather = new Breather();
    const kept = new Map<string, boolean>();
    const unknown: Pick<SyncRecord, 'uid' | 'isDeleted'>[] = [];
    for await (const { records } of recordSet.pages()) {
      for (const record of records) {
        // Conditions may be patterns, and each record is asked all of them.
        const verdict = filter.judge(record);
        const { uid, isDeleted } = record;
        if (verdict === 'in') kept.set(uid, isDeleted);
        else if (verdict === 'unknown') unknown.push({ uid, isDeleted });
        await breather.breathe();
      }
    }
    const owned = unknown.length > 0 ? new Set((await ownedRecords()).map(({ uid }) => uid)) : new Set<string>();
    for (const { uid, isDeleted } of unknown) if (owned.has(uid)) kept.set(uid, isDeleted);
    return new ScopedRecordSet(recordSet, filter, kept);
  }

  async *pages(): AsyncGenerator<RecordPage> {
    for await (const page of this.recordSet.pages()) {
      const records = page.records.filter(({ uid }) => this.kept.has(uid));
      yield { ...page, records: records.map((record) => this.filter.narrow(record)) };
    }
  }
}

/** The tree as the source describes it: what is stored, and over it what has just come. */
async function departmentsOf(
  sourceName: string,
  recordSets: readonly RecordSet[],
  { subtrees }: Scope,
  origins: OriginRecordStore,
): Promise<Map<string, string | null>> {
  if (subtrees.length === 0) return new Map();
  const parents = await origins.parents(sourceName);
  for (const recordSet of recordSets) {
    if (recordSet.dataType !== 'department' || recordSet.sourceName !== sourceName) continue;
    for await (const { records } of recordSet.pages())
      for (const { uid, parentUid } of records as readonly DepartmentRecord[]) parents.set(uid, parentUid);
  }
  return parents;
}
