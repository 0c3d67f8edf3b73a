import { Breather, inBreaths } from '../pacing';
import { knownMatchKey } from '../records/match-key';
import { normalise } from '../records/normalise';
import { parentsFirst } from '../records/parents-first';
import {
  MATCH_KEYS,
  type Delivery,
  type DeliveryMode,
  type DepartmentRecord,
  type Rejection,
  type SyncDataType,
  type SyncRecord,
  type Warning,
} from '../records/types';

/** Everything that a run was given of one type of data: the parts of a delivery, put together and understood. */
export interface Batch {
  readonly sourceName: string;
  readonly dataType: SyncDataType;
  readonly matchKey?: string;
  readonly mode: DeliveryMode;
  /** Each uid once. */
  readonly records: readonly SyncRecord[];
  readonly rejected: readonly Rejection[];
  readonly warnings: readonly Warning[];
}

/** So many records, or records of so many fields, are understood before somebody else may have the event loop. */
const RECORDS_PER_BREATH = 20;
const FIELDS_PER_BREATH = 500;

/** Parts with the same key belong together. */
type BatchKey = Pick<Batch, 'sourceName' | 'dataType' | 'matchKey'>;

/**
 * Puts the parts of a run together. Nothing can be judged before the last one has come: a value may move between parts,
 * and who is missing from one part may be in the next.
 */
export class BatchCollector {
  private readonly collected = new Map<string, Collected>();

  async add(delivery: Delivery): Promise<void> {
    const { sourceName, dataType, matchKey } = delivery;
    const key = JSON.stringify([sourceName, dataType, matchKey]);
    let batch = this.collected.get(key);
    if (!batch) this.collected.set(key, (batch = new Collected({ sourceName, dataType, matchKey })));
    const breather = new Breather();
    for (const part of inParts(delivery)) {
      batch.add(part);
      await breather.breathe();
    }
  }

  async batches(): Promise<Batch[]> {
    const batches: Batch[] = [];
    for (const collected of this.collected.values()) batches.push(await collected.toBatch());
    return batches;
  }
}

/** A delivery as several smaller ones, whose records know where they stood in the whole. */
function* inParts(delivery: Delivery): Generator<Delivery> {
  const { records, locate = (index: number) => `records[${index}]` } = delivery;
  if (records.length === 0) yield delivery;
  for (let start = 0; start < records.length;) {
    const before = start;
    for (
      let fields = 0;
      start < records.length && start - before < RECORDS_PER_BREATH && fields < FIELDS_PER_BREATH;
      start += 1
    )
      fields += fieldCount(records[start]);
    yield { ...delivery, records: records.slice(before, start), locate: (index) => locate(before + index) };
  }
}

const fieldCount = (record: unknown) =>
  typeof record === 'object' && record !== null ? Object.keys(record).length : 0;

class Collected {
  private readonly byUid = new Map<string, SyncRecord>();
  private readonly rejected: Rejection[] = [];
  private readonly warnings: Warning[] = [];
  private mode: DeliveryMode = 'delta';
  private received = 0;

  constructor(private readonly key: BatchKey) {
    const { dataType, matchKey } = key;
    // Targets of other plugins may know it; users are then found by their uid alone.
    if (dataType === 'user' && matchKey !== undefined && knownMatchKey(matchKey) === undefined) {
      const params = { matchKey, expected: MATCH_KEYS.join(', ') };
      this.warnings.push({ uid: '', code: 'MATCH_KEY_UNKNOWN', params });
    }
  }

  add(delivery: Delivery): void {
    const { records, rejected, warnings } = normalise(delivery);
    if (delivery.mode === 'full') this.mode = 'full';
    for (const warning of warnings) this.warnings.push(warning);
    for (const rejection of rejected) {
      // The last one counts, also when it is wrong: what came before it is out of date.
      if (rejection.uid !== null) this.byUid.delete(rejection.uid);
      this.rejected.push(rejection);
    }
    for (const record of records) {
      const { uid, path } = record;
      if (this.byUid.delete(uid)) this.warnings.push({ uid, code: 'DUPLICATE_UID', params: { path } });
      this.byUid.set(uid, this.received === 0 ? record : { ...record, position: record.position + this.received });
    }
    this.received += delivery.records.length;
  }

  async toBatch(): Promise<Batch> {
    const records = [...this.byUid.values()];
    return {
      ...this.key,
      mode: this.mode,
      records:
        this.key.dataType === 'department' ? await inBreaths(parentsFirst(records as DepartmentRecord[])) : records,
      rejected: this.rejected,
      warnings: this.warnings,
    };
  }
}
