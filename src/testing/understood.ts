import { isNativeError } from 'node:util/types';
import { messageOf } from '../server/errors';
import type { SyncRecord } from '../server/model/records';
import { inBreaths } from '../server/pacing';
import { normalise } from '../server/records/normalise';
import { inParts } from '../server/records/parts';
import type { HandedOver } from './handed-over';
import { isShaped, type ShapedDelivery } from './shape';

/** The records of a pull, as the plugin understands them. */
export interface Understood {
  readonly deliveries: readonly ShapedDelivery[];
  readonly records: readonly SyncRecord[];
  /** What would be rejected or left out, in the plugin's own words. */
  readonly problems: readonly string[];
}

/** Reads what was handed over with the code that a run reads it with. */
export async function understand(handedOver: readonly HandedOver[]): Promise<Understood> {
  const deliveries: ShapedDelivery[] = [];
  const records: SyncRecord[] = [];
  const problems: string[] = [];
  for (const [index, { copy }] of handedOver.entries()) {
    if (!isShaped(copy)) continue;
    deliveries.push(copy);
    const { locate = (at: number) => `delivery ${index + 1}: records[${at}]` } = copy;
    // A record that could not be read is an error of this plugin's bundle, not of ours.
    for (const [at, record] of copy.records.entries())
      if (isNativeError(record)) problems.push(`${locate(at)}: ${record.message}`);
    const readable = copy.records.map((record, at) => ({ record, at })).filter(({ record }) => !isNativeError(record));
    const delivery = {
      ...copy,
      sourceName: '',
      mode: copy.mode ?? 'delta',
      records: readable.map(({ record }) => record),
      locate: (at: number) => locate(readable[at].at),
    };
    for await (const part of inParts(delivery, 0)) {
      const read = await inBreaths(normalise(part));
      records.push(...read.records);
      problems.push(...read.rejected.map(({ code, params }) => `${messageOf(code, params)} (${code})`));
      problems.push(...read.warnings.map(({ uid, code, params }) => `${uid}: ${messageOf(code, params)} (${code})`));
    }
  }
  return { deliveries, records, problems };
}
