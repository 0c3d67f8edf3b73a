import { MATCH_KEYS, type DeliveryMode } from '../../common/records';
import type { Delivery, DepartmentRecord, SyncRecord, Warning } from '../model/records';
import { inBreaths } from '../pacing';
import { knownMatchKey } from '../records/match-key';
import { normalise } from '../records/normalise';
import { parentsFirst } from '../records/parents-first';
import { inParts, type DeliveryPart } from '../records/parts';
import type { RecordSet, RecordSetKey, RecordPage } from './record-set';
import { RecordIndex } from './record-index';

/** Where the parts of a run are kept. */
export interface PartStore {
  /** Keeps a part, and gives back the number by which it is found again. */
  append(part: DeliveryPart): Promise<number>;
  load(part: number): Promise<DeliveryPart>;
}

/**
 * Puts the parts of a run together, to a record set for each source, type of data and match key. Nothing can be judged
 * before the last part has come: a value may move between parts, and what one part lacks may be in the next.
 */
export class RecordSetCollector {
  private readonly collected = new Map<string, CollectedRecordSet>();

  constructor(private readonly store: PartStore) {}

  /** Takes a delivery as it was received, and keeps it. */
  async add(delivery: Delivery): Promise<void> {
    const recordSet = this.recordSetOf(delivery);
    for await (const part of inParts(delivery, recordSet.received))
      await recordSet.take(part, await this.store.append(part));
  }

  /** Takes a part that is kept already. */
  async take(part: DeliveryPart, number: number): Promise<void> {
    await this.recordSetOf(part).take(part, number);
  }

  recordSets(): RecordSet[] {
    return [...this.collected.values()];
  }

  private recordSetOf({ sourceName, dataType, matchKey }: Delivery): CollectedRecordSet {
    const key = JSON.stringify([sourceName, dataType, matchKey]);
    let recordSet = this.collected.get(key);
    if (!recordSet) {
      recordSet = new CollectedRecordSet({ sourceName, dataType, matchKey }, (part) => this.store.load(part));
      this.collected.set(key, recordSet);
    }
    return recordSet;
  }
}

/** Keeps parts in memory only: for what other plugins hand over without a task. */
export class PartsInMemory implements PartStore {
  private readonly parts: DeliveryPart[] = [];

  async append(part: DeliveryPart): Promise<number> {
    return this.parts.push(part) - 1;
  }

  async load(part: number): Promise<DeliveryPart> {
    return this.parts[part];
  }
}

class CollectedRecordSet implements RecordSet {
  readonly sourceName: string;
  readonly dataType: RecordSet['dataType'];
  readonly matchKey?: string;
  readonly index = new RecordIndex();
  readonly warnings: readonly Warning[];
  mode: DeliveryMode = 'delta';
  /** So many records have come. */
  received = 0;
  private readonly parts: number[] = [];

  constructor(
    { sourceName, dataType, matchKey }: RecordSetKey,
    private readonly load: (part: number) => Promise<DeliveryPart>,
  ) {
    this.sourceName = sourceName;
    this.dataType = dataType;
    this.matchKey = matchKey;
    // Targets of other plugins may know it; users are then found by their uid alone.
    const isUnknown = dataType === 'user' && matchKey !== undefined && knownMatchKey(matchKey) === undefined;
    const params = { matchKey: matchKey ?? '', expected: MATCH_KEYS.join(', ') };
    this.warnings = isUnknown ? [{ uid: '', code: 'MATCH_KEY_UNKNOWN', params }] : [];
  }

  async take(part: DeliveryPart, number: number): Promise<void> {
    const { records, rejected } = await inBreaths(normalise(part));
    if (part.mode === 'full') this.mode = 'full';
    for (const record of records) this.index.add(record);
    for (const rejection of rejected) this.index.reject(rejection, rejection.position);
    this.received += part.records.length;
    this.parts.push(number);
  }

  async *pages(): AsyncGenerator<RecordPage> {
    if (this.dataType === 'user') yield* this.inOrder();
    else yield* this.parentsFirst();
  }

  private async *inOrder(): AsyncGenerator<RecordPage> {
    for (const part of this.parts) {
      const { records, rejected, warnings } = await inBreaths(normalise(await this.load(part)));
      const repeated = records.filter((record) => this.index.isRepeated(record));
      const again = repeated.map(({ uid, path }): Warning => ({ uid, code: 'DUPLICATE_UID', params: { path } }));
      yield {
        records: records.filter((record) => this.index.isLast(record)),
        rejected: rejected.map(({ position: _, ...rejection }) => rejection),
        warnings: [...warnings, ...again],
      };
    }
  }

  /** Departments are few, so all of them are read before the first one is handed out. */
  private async *parentsFirst(): AsyncGenerator<RecordPage> {
    const all: SyncRecord[] = [];
    for await (const { records, rejected, warnings } of this.inOrder()) {
      for (const record of records) all.push(record);
      yield { records: [], rejected, warnings };
    }
    yield { records: await inBreaths(parentsFirst(all as DepartmentRecord[])), rejected: [], warnings: [] };
  }
}
