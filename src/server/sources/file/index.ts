import path from 'node:path';
import { SyncError } from '../../errors';
import type { SyncDataType } from '../../records/types';
import { SyncSource, type PulledData } from '../sync-source';
import { parseFileOptions, type FileInput } from './options';
import { parseCsv, requireColumns } from './parse-csv';
import { parseJsonList } from './parse-json';
import { readFileBelow } from './read-file';

/** Departments and users from CSV or JSON: files below `<storage>/user-data-sync/`, or uploaded text. */
export class FileSource extends SyncSource {
  async *pull(): AsyncGenerator<PulledData> {
    const { departments, users, matchKey, mode } = parseFileOptions(this.options);
    if (departments) yield { ...(await this.read('department', departments)), mode };
    if (users) yield { ...(await this.read('user', users)), mode, matchKey };
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
  return { dataType, records: parseJsonList(text, name), mapping, locate: (index) => `${name}[${index}]` };
}
