import { SyncError } from '../errors';
import { SyncSource } from './sync-source';

/** A source that others push for: there is nothing to ask. */
export class ApiSource extends SyncSource {
  async pull(): Promise<never> {
    throw new SyncError('SOURCE_NOT_PULLABLE', { source: this.instance.name });
  }
}
