import { once } from 'node:events';
import type { Logger } from '@nocobase/logger';
import { inSlices } from '../database/slices';
import { maskSecrets } from '../security/secrets';

/** A delivery as received, and the run that it belongs to. */
export interface ReceivedPayload {
  readonly source: string;
  readonly sourceType: string;
  readonly batch: string;
  readonly taskId: number | string;
  readonly dataType: unknown;
  readonly matchKey?: unknown;
  readonly mode: string;
  readonly records: readonly unknown[];
}

/** A line holds so many records, so that no line grows without bound. */
const RECORDS_PER_LINE = 1000;

/**
 * Writes every delivery as JSON lines before anything of it is interpreted, with secrets masked. Lines of one delivery
 * share the batch and are numbered by `part`.
 */
export class PayloadLog {
  constructor(private readonly logger: Pick<Logger, 'info' | 'writableNeedDrain'> & NodeJS.EventEmitter) {}

  async append({ records, ...head }: ReceivedPayload): Promise<void> {
    const slices = records.length > 0 ? inSlices(records, RECORDS_PER_LINE) : [[]];
    let part = 0;
    for (const slice of slices) {
      part += 1;
      this.logger.info('delivery', { ...head, part, records: maskSecrets(slice) });
      if (this.logger.writableNeedDrain) await once(this.logger, 'drain');
    }
  }
}
