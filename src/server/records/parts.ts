import { SyncError } from '../errors';
import { lengthOf, RECORD_BOUNDS } from '../limits';
import type { Delivery, Rejection } from '../model/records';
import { Breather } from '../pacing';
import { maskSecrets } from '../security/secrets';
import { mapRecord } from './mapping';
import { excessOf, FieldNames } from './too-large';
import { uidOrNull } from './uid';

/** Stands in a delivery for a record of which it is known already that it is rejected. */
export class RefusedRecord {
  constructor(readonly rejection: Rejection) {}
}

/** Some records of a delivery, which are kept and read together. */
export interface DeliveryPart extends Delivery {
  /** How many records of the run came before these, of the same source, type and match key. */
  readonly first: number;
  /** Records that cannot even be kept, by their index in `records`, which has `null` there instead. */
  readonly refused: ReadonlyMap<number, Rejection>;
}

/** A part holds so many records, so that none grows without bound. */
const RECORDS_PER_PART = 1000;
/** And about so many characters of JSON: reading or writing a part holds up everybody else. */
const PART_LENGTH = 200_000;

/** A delivery as parts that may be kept; at least one, which may be empty. `first`: how many records came before it. */
export async function* inParts(delivery: Delivery, first: number): AsyncGenerator<DeliveryPart> {
  const { locate = (index: number) => `records[${first + index}]` } = delivery;
  const breather = new Breather();
  const names = new FieldNames();
  let part = new PartInMaking(delivery, first, locate);
  for (const [index, delivered] of delivery.records.entries()) {
    const admitted = admit(delivered, locate(index), delivery, names);
    const length = lengthOf('refusal' in admitted ? admitted.refusal.record : admitted.record);
    if (part.isFull(length)) {
      yield part.end();
      part = new PartInMaking(delivery, first, locate, index);
    }
    part.add(admitted, length);
    await breather.breathe();
  }
  yield part.end();
}

class PartInMaking {
  private readonly records: unknown[] = [];
  private readonly refused = new Map<number, Rejection>();
  private length = 0;

  constructor(
    private readonly delivery: Delivery,
    private readonly first: number,
    private readonly locate: (index: number) => string,
    private readonly start = 0,
  ) {}

  isFull(more: number): boolean {
    const { length } = this.records;
    return length === RECORDS_PER_PART || (length > 0 && this.length + more > PART_LENGTH);
  }

  add(admitted: Admitted, length: number): void {
    if ('refusal' in admitted) this.refused.set(this.records.length, admitted.refusal);
    this.records.push('refusal' in admitted ? null : admitted.record);
    this.length += length;
  }

  end(): DeliveryPart {
    const { delivery, first, start, records, refused } = this;
    const locate = (index: number) => this.locate(start + index);
    return { ...delivery, first: first + start, records, refused, locate };
  }
}

type Admitted = { readonly record: unknown } | { readonly refusal: Rejection };

/** A delivered record as it may be kept: one that is too large is not, and of one that is mapped only what is read. */
function admit(delivered: unknown, path: string, delivery: Delivery, names: FieldNames): Admitted {
  if (delivered instanceof SyncError)
    return { refusal: { uid: null, code: delivered.code, params: delivered.params, record: { path } } };
  if (delivered instanceof RefusedRecord) return { refusal: delivered.rejection };
  const mapped = mapRecord(delivered, delivery);
  const excess = excessOf(mapped, path) ?? names.excessOf(mapped, path);
  if (excess) {
    const record = maskSecrets(delivered, RECORD_BOUNDS.values);
    return { refusal: { uid: uidOrNull(mapped), code: 'RECORD_TOO_LARGE', params: excess, record } };
  }
  const isRead = (name: string) => Object.hasOwn(delivery.mapping ?? {}, name);
  const isTooWide = delivery.mapping !== undefined && excessOf(delivered, path) !== undefined;
  if (!isTooWide) return { record: delivered };
  return { record: Object.fromEntries(Object.entries(delivered as object).filter(([name]) => isRead(name))) };
}
