import { SyncError } from '../errors';
import { SyncSource } from './sync-source';

/** The type of sources that are pushed to, and the name of the built-in one. */
export const API_SOURCE_TYPE = 'api';
export const API_SOURCE_NAME = 'api';

/** A source that others push for: there is nothing to ask. */
export class ApiSource extends SyncSource {
  async pull(): Promise<never> {
    throw new SyncError('SOURCE_NOT_PULLABLE', { source: this.instance.name });
  }
}
