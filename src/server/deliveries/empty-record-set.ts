import type { DeliveryMode } from '../../common/records';
import type { RecordSet, RecordSetKey } from './record-set';
import { RecordIndex } from './record-index';

/** A delivery without a single record. */
export function emptyRecordSet(key: RecordSetKey, mode: DeliveryMode): RecordSet {
  return {
    ...key,
    mode,
    index: new RecordIndex(),
    warnings: [],
    async *pages() {
      // There is nothing to read.
    },
  };
}
