import { toSyncError } from '../errors';
import { RECORD_BOUNDS } from '../limits';
import { Breather } from '../pacing';
import { maskSecrets } from '../security/secrets';
import type { DailyFile } from './daily-file';
import { localTime } from './log-files';

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
/** And about so many characters: writing a line holds up everybody else. */
const LINE_LENGTH = 1_000_000;

/**
 * Writes every delivery as JSON lines before anything of it is interpreted, with secrets masked. Lines of one delivery
 * share the batch and are numbered by `part`. Of a record that is too large to be taken only the beginning is written.
 * What cannot be written is an error of the run: nothing is taken of which no line tells.
 */
export class PayloadLog {
  constructor(private readonly file: Pick<DailyFile, 'append'>) {}

  /** Resolves when all of it is in the file. */
  async append({ records, ...head }: ReceivedPayload): Promise<void> {
    const breather = new Breather();
    let part = 0;
    let masked: unknown[] = [];
    let length = 0;
    const write = async () => {
      part += 1;
      const line = lineOf({ ...head, part, records: masked });
      masked = [];
      length = 0;
      await this.file.append(line).catch((error: unknown) => {
        throw toSyncError(error, 'PAYLOAD_LOG_FAILED', withoutPath);
      });
    };
    for (const record of records) {
      const shown = maskSecrets(record, RECORD_BOUNDS.values);
      const own = lengthOf(shown);
      if (masked.length > 0 && length + own > LINE_LENGTH) await write();
      masked.push(shown);
      length += own;
      if (masked.length === RECORDS_PER_LINE) await write();
      await breather.breathe();
    }
    if (masked.length > 0 || part === 0) await write();
  }
}

/** A line as the host's loggers write it. */
function lineOf(content: object): string {
  const line = { level: 'info', ...content, message: 'delivery', timestamp: localTime(new Date()) };
  return JSON.stringify(line, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}

/** The message is sent to the client that pushes, which must not learn where the server keeps its files. */
const withoutPath = (text: string) => text.replace(/, \w+( '.*)?$/s, '');

/** About how many characters a JSON value takes. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 5;
  let length = 2;
  for (const [key, item] of Object.entries(value))
    length += lengthOf(item) + (Array.isArray(value) ? 1 : key.length + 4);
  return length;
}
