import { SyncError } from '../errors';
import { anyMatchKey } from '../records/match-key';
import { DELIVERY_MODES, type Delivery, type DeliveryMode } from '../records/types';
import type { SyncSource } from '../sources';

/**
 * What a source hands over, as deliveries: all at once or part by part. What a source of another plugin gives back is
 * checked before anything is done with it.
 */
export async function* pullDeliveries(source: SyncSource, signal: AbortSignal): AsyncGenerator<Delivery> {
  for await (const pulled of await untilAborted(source.pull(signal), signal)) {
    const { dataType, matchKey, mode, records, sourceName, mapping, textCells, locate } = pulled as Delivery;
    if (!Array.isArray(records) || (dataType !== 'user' && dataType !== 'department')) {
      throw new SyncError('SOURCE_FAILED', {
        reason: 'pull() has to give { dataType: "user" | "department", records: [] }.',
      });
    }
    yield {
      sourceName: sourceName ?? source.instance.name,
      dataType,
      matchKey: anyMatchKey(matchKey),
      mode: parseMode(mode),
      records,
      mapping,
      textCells,
      locate,
    };
  }
}

/** Only a source that says so itself has delivered everything. */
function parseMode(mode: unknown): DeliveryMode {
  if (mode === undefined || mode === null) return 'delta';
  const known = DELIVERY_MODES.find((name) => name === mode);
  if (known === undefined) throw new SyncError('SOURCE_FAILED', { reason: 'mode has to be "full" or "delta".' });
  return known;
}

/** A source that does not look at the signal must not keep the application from stopping. */
async function untilAborted<T>(pulled: Promise<T> | AsyncIterable<unknown>, signal: AbortSignal) {
  if (!(pulled instanceof Promise)) return pulled;
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  return (await Promise.race([pulled, aborted])) as Iterable<unknown>;
}
