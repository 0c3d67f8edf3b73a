export type { RecordSet, RecordSetIndex, RecordSetKey, RecordPage } from './record-set';
export { RecordSetCollector, PartsInMemory } from './collect-record-sets';
export { emptyRecordSet } from './empty-record-set';
export { DeliverySpool, type OpenSpool } from './spool/delivery-spool';
