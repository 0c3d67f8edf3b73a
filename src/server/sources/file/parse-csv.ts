import { CsvError, parse } from 'csv-parse/sync';
import { SyncError } from '../../errors';

/** Rows of a table as objects by header, and the line on which each begins. */
export interface Table {
  readonly headers: readonly string[];
  /** A row whose number of cells is wrong is an error in the place of its record. */
  readonly records: readonly (Readonly<Record<string, string>> | SyncError)[];
  readonly lines: readonly number[];
}

interface Row {
  readonly cells: readonly string[];
  readonly line: number;
}

const DELIMITERS = [',', ';', '\t', '|'];
/** No header is longer than this, in characters. */
const HEADER_LENGTH = 65_536;

/**
 * Reads a CSV with a header line. Empty lines and columns without a header are skipped, spaces around headers and cells
 * are cut off. Fails with `CSV_INVALID` and the line on which the bad row begins, or with what is wrong with the header.
 */
export function parseCsv(text: string, name: string, delimiter?: string): Table {
  // The parser counts a line break of two characters twice when it stands inside a quoted cell.
  const lines = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const [header, ...rows] = readRows(lines, name, delimiter ?? guessDelimiter(lines));
  if (!header) throw new SyncError('FILE_EMPTY', { file: name });
  const headers = header.cells;
  const duplicate = headers.find((column, index) => column !== '' && headers.indexOf(column) !== index);
  if (duplicate !== undefined) throw new SyncError('CSV_COLUMN_DUPLICATE', { file: name, column: duplicate });
  return {
    headers: headers.filter((column) => column !== ''),
    records: rows.map(({ cells, line }) =>
      cells.length === headers.length
        ? Object.fromEntries(headers.flatMap((column, index) => (column === '' ? [] : [[column, cells[index]]])))
        : invalid(name, line, `${cells.length} cells instead of ${headers.length}`),
    ),
    lines: rows.map(({ line }) => line),
  };
}

/** Every header that a mapping names has to be there: a column that was renamed must not look like one that is empty. */
export function requireColumns({ headers }: Table, mapping: Readonly<Record<string, string>>, name: string): void {
  const missing = Object.keys(mapping).filter((header) => !headers.includes(header));
  if (missing.length > 0) {
    throw new SyncError('CSV_COLUMN_MISSING', { file: name, column: missing.join(', '), found: headers.join(', ') });
  }
}

function readRows(text: string, name: string, delimiter: string): Row[] {
  const rows: Row[] = [];
  let endOfLast = { lines: 0, empty_lines: 0 };
  const nextLine = ({ empty_lines }: { empty_lines: number }) =>
    endOfLast.lines + 1 + empty_lines - endOfLast.empty_lines;
  try {
    parse(text, {
      delimiter,
      record_delimiter: '\n',
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      on_record: (cells: string[], info) => {
        rows.push({ cells, line: nextLine(info) });
        endOfLast = { lines: info.lines, empty_lines: info.empty_lines };
        return null;
      },
    });
    return rows;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // Where a quote is missing, the parser notices only further down; the row that it is reading is the one to look at.
    const line = nextLine({ empty_lines: Number(error.empty_lines ?? endOfLast.empty_lines) });
    throw invalid(name, line, explain(error), error);
  }
}

/** The delimiter that occurs most often in the header line, outside of quotes; a comma when none does. */
function guessDelimiter(text: string): string {
  const [header] = text
    .slice(0, HEADER_LENGTH)
    .replace(/"(?:[^"]|"")*"/g, '')
    .trimStart()
    .split('\n', 1);
  const count = (delimiter: string) => header.split(delimiter).length;
  return DELIMITERS.reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}

/** What is wrong, in words for somebody who looks at the file and not at a parser. */
function explain({ code, message }: CsvError): string {
  switch (code as string) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quote is opened and never closed';
    case 'CSV_INVALID_CLOSING_QUOTE':
    case 'CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE':
      return 'a cell goes on after its closing quote (a quote inside a quoted cell is written twice)';
    case 'INVALID_OPENING_QUOTE':
      return 'a quote inside a cell that does not begin with one';
    default:
      return message.replace(/ (on|at) line \d+.*$/s, '');
  }
}

function invalid(file: string, line: number, reason: string, cause?: Error): SyncError {
  return new SyncError('CSV_INVALID', { file, line, reason }, { cause });
}
