import { isNativeError } from 'node:util/types';
import { pull, type AnySource } from './source-under-test';

/** A delivery as a source handed it over, well-formed or not. */
export interface HandedOver {
  /** What the source gave, and may still change. */
  readonly given: unknown;
  /** A copy from the moment at which it was given. */
  readonly copy: unknown;
}

/** Everything that one pull gives. Takes more than the plugin does: whether the shape is right is a check of its own. */
export async function pullAll(source: AnySource): Promise<HandedOver[]> {
  const handedOver: HandedOver[] = [];
  for await (const given of asIterable(await pull(source))) handedOver.push({ given, copy: copyOf(given) });
  return handedOver;
}

function asIterable(pulled: unknown): AsyncIterable<unknown> | Iterable<unknown> {
  if (typeof pulled !== 'object' || pulled === null) return [];
  return Symbol.asyncIterator in pulled || Symbol.iterator in pulled ? (pulled as Iterable<unknown>) : [];
}

/** A copy of a delivery; a record that cannot be copied stays the same object. */
export function copyOf(delivery: unknown): unknown {
  if (typeof delivery !== 'object' || delivery === null) return delivery;
  const { records } = delivery as { records?: unknown };
  return { ...delivery, records: Array.isArray(records) ? records.map(copyOfRecord) : records };
}

function copyOfRecord(record: unknown): unknown {
  if (isNativeError(record)) return record;
  try {
    return structuredClone(record);
  } catch {
    return record;
  }
}
