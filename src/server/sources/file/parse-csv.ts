import { CsvError, parse } from 'csv-parse/sync';
import { SyncError } from '../../errors';

/** Rows of a table as objects by header, and the line on which each ends. */
export interface Table {
  readonly headers: readonly string[];
  readonly records: readonly Readonly<Record<string, string>>[];
  readonly lines: readonly number[];
}

const DELIMITERS = [',', ';', '\t', '|'];

/**
 * Reads a CSV with a header line. Empty lines are skipped, spaces around headers and cells are cut off.
 * Fails with `CSV_INVALID` and the line number, or with what is wrong with the header.
 */
export function parseCsv(text: string, name: string, delimiter?: string): Table {
  const headers: string[] = [];
  try {
    const rows = parse(text, {
      bom: true,
      delimiter: delimiter ?? guessDelimiter(text),
      columns: (names: string[]) => {
        headers.push(...names.map((header) => header.trim()));
        return headers;
      },
      info: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as { record: Record<string, string>; info: { lines: number } }[];
    checkHeaders(headers, name);
    return { headers, records: rows.map(({ record }) => record), lines: rows.map(({ info }) => info.lines) };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? error.lines : 1;
    throw new SyncError('CSV_INVALID', { file: name, line, reason: explain(error) }, { cause: error });
  }
}

/** Every header that a mapping names has to be there: a column that was renamed must not look like one that is empty. */
export function requireColumns({ headers }: Table, mapping: Readonly<Record<string, string>>, name: string): void {
  const missing = Object.keys(mapping).filter((header) => !headers.includes(header));
  if (missing.length > 0) {
    throw new SyncError('CSV_COLUMN_MISSING', { file: name, column: missing.join(', '), found: headers.join(', ') });
  }
}

function checkHeaders(headers: readonly string[], name: string): void {
  if (headers.length === 0) throw new SyncError('FILE_EMPTY', { file: name });
  const duplicate = headers.find((header, index) => header !== '' && headers.indexOf(header) !== index);
  if (duplicate !== undefined) throw new SyncError('CSV_COLUMN_DUPLICATE', { file: name, column: duplicate });
}

/** The delimiter that occurs most often in the header line; a comma when none does. */
function guessDelimiter(text: string): string {
  const header = text.slice(0, text.search(/\r|\n|$/));
  const count = (delimiter: string) => header.split(delimiter).length;
  return DELIMITERS.reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}

/** The parser's sentence without its own mention of the line. */
function explain(error: CsvError): string {
  return error.message.replace(/ (on|at) line \d+.*$/, '').replace(/: .*$/s, '');
}
