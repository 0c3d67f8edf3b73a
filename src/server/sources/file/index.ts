import path from 'node:path';
import { SyncError } from '../../errors';
import type { SyncDataType } from '../../records/types';
import { SyncSource, type PulledData } from '../sync-source';
import { parseFileOptions, type FileInput } from './options';
import { parseCsv, requireColumns } from './parse-csv';
import { readFileBelow } from './read-file';

/** Departments and users from CSV or JSON: files below `<storage>/user-data-sync/`, or uploaded text. */
export class FileSource extends SyncSource {
  async *pull(): AsyncGenerator<PulledData> {
    const { departments, users, matchKey } = parseFileOptions(this.options);
    if (departments) yield await this.read('department', departments);
    if (users) yield { ...(await this.read('user', users)), matchKey };
  }

  /** Reads the files without writing anything. */
  override async testConnection(): Promise<string> {
    const found: string[] = [];
    for await (const { dataType, records } of this.pull()) found.push(`${records.length} × ${dataType}`);
    return found.join(', ');
  }

  private async read(dataType: SyncDataType, input: FileInput): Promise<PulledData> {
    const name = input.path ?? `${dataType}s`;
    const text = input.path === undefined ? (input.text ?? '') : await readFileBelow(this.folder, input.path);
    if (text.trim() === '') throw new SyncError('FILE_EMPTY', { file: name });
    return input.format === 'json' ? readJson(dataType, input, text, name) : readCsv(dataType, input, text, name);
  }

  /** The one folder that files are read from: the rest of the storage holds the database and the keys. */
  private get folder(): string {
    return path.resolve(process.env.STORAGE_PATH ?? 'storage', 'user-data-sync');
  }
}

/** Checks options before they are stored. */
export function validateFileOptions(options: Readonly<Record<string, unknown>>): void {
  parseFileOptions(options);
}

function readCsv(dataType: SyncDataType, { mapping, delimiter }: FileInput, text: string, name: string): PulledData {
  const table = parseCsv(text, name, delimiter);
  requireColumns(table, mapping ?? { uid: 'uid' }, name);
  const locate = (index: number) => `${name} line ${table.lines[index]}`;
  return { dataType, records: table.records, mapping, textCells: true, locate };
}

function readJson(dataType: SyncDataType, { mapping }: FileInput, text: string, name: string): PulledData {
  const records = parseJson(text, name);
  if (!Array.isArray(records)) throw new SyncError('JSON_INVALID', { file: name, reason: 'expected an array' });
  return { dataType, records, mapping, locate: (index) => `${name}[${index}]` };
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SyncError('JSON_INVALID', { file: name, reason: withLine(reason, text) }, { cause: error });
  }
}

/** The engine tells a position, a person looks for a line; and the content itself stays out of the message. */
function withLine(reason: string, text: string): string {
  const position = /position (\d+)/.exec(reason)?.[1];
  const line = position === undefined ? text.split('\n').length : text.slice(0, Number(position)).split('\n').length;
  return `line ${line}`;
}
