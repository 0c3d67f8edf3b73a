import { DATA_TYPES } from '../../common/records';
import { emptyRecordSet, type RecordSet } from '../deliveries';

/** What a source delivers that has no records any more: everything that it imported is missing. */
export function purgedRecordSets(sourceName: string): RecordSet[] {
  return DATA_TYPES.map((dataType) => emptyRecordSet({ sourceName, dataType }, 'full'));
}
