import path from 'node:path';
import type { SyncDataType } from '../../../common/records';
import { SyncSource, type PulledData } from '../sync-source';
import { parseFileOptions, type FileInput } from './options';
import { parseCsv, requireColumns } from './parse-csv';
import { parseJsonList } from './parse-json';
import { readFileBelow } from './read-file';
import { joined, slicesOf } from './text-slices';

/** Departments and users from CSV or JSON: files below `<storage>/user-data-sync/`, or uploaded text. */
export class FileSource extends SyncSource {
  async *pull(): AsyncGenerator<PulledData> {
    const { departments, users, matchKey, mode } = parseFileOptions(this.options);
    if (departments) for await (const part of this.read('department', departments)) yield { ...part, mode };
    if (users) for await (const part of this.read('user', users)) yield { ...part, mode, matchKey };
  }

  /** Reads the files without writing anything. */
  override async testConnection(): Promise<string> {
    const found = new Map<SyncDataType, number>();
    for await (const { dataType, records } of this.pull())
      found.set(dataType, (found.get(dataType) ?? 0) + records.length);
    return [...found]
      .map(([dataType, count]) => `${count.toLocaleString('en-US')} ${dataType}${count === 1 ? '' : 's'}`)
      .join(', ');
  }

  private read(dataType: SyncDataType, input: FileInput): AsyncGenerator<PulledData> {
    const name = input.path ?? `${dataType}s`;
    const text = input.path === undefined ? slicesOf(input.text ?? '') : readFileBelow(this.folder, input.path);
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

async function* readCsv(
  dataType: SyncDataType,
  { mapping, delimiter }: FileInput,
  text: AsyncIterable<string>,
  name: string,
): AsyncGenerator<PulledData> {
  for await (const { headers, records, lines } of parseCsv(text, name, delimiter)) {
    requireColumns({ headers }, mapping ?? { uid: 'uid' }, name);
    const locate = (index: number) => `${name} line ${lines[index]}`;
    yield { dataType, records, mapping, textCells: true, locate };
  }
}

async function* readJson(
  dataType: SyncDataType,
  { mapping }: FileInput,
  text: AsyncIterable<string>,
  name: string,
): AsyncGenerator<PulledData> {
  let before = 0;
  for await (const records of parseJsonList(await joined(text), name)) {
    const first = before;
    before += records.length;
    yield { dataType, records, mapping, locate: (index) => `${name}[${first + index}]` };
  }
}
