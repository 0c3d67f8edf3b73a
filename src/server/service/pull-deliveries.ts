import { DELIVERY_MODES, type DeliveryMode } from '../../common/records';
import { SyncError } from '../errors';
import type { Delivery } from '../model/records';
import { anyMatchKey } from '../records/match-key';
import type { PullRequest, SyncSource } from '../sources';

/**
 * What a source hands over, as deliveries: all at once or part by part. What a source of another plugin gives back is
 * checked before anything is done with it.
 */
export async function* pullDeliveries(source: SyncSource, asked: PullRequest): AsyncGenerator<Delivery> {
  for await (const pulled of untilAborted(source.pull(asked), asked.signal)) {
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

/** A source that ignores the signal must not keep the application from stopping: then the run stops waiting for it. */
async function* untilAborted(pulled: ReturnType<SyncSource['pull']>, signal: AbortSignal): AsyncGenerator<unknown> {
  const aborted = new Promise<never>((_, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
  });
  aborted.catch(() => undefined);
  if (pulled instanceof Promise) {
    yield* (await Promise.race([pulled, aborted])) as Iterable<unknown>;
    return;
  }
  const parts = pulled[Symbol.asyncIterator]();
  let isDone = false;
  try {
    for (;;) {
      const part = await Promise.race([parts.next(), aborted]);
      isDone = part.done === true;
      if (isDone) return;
      yield part.value;
    }
  } finally {
    // As `for await` does it, but without waiting for a source that does not answer.
    if (!isDone) parts.return?.().catch(() => undefined);
  }
}
