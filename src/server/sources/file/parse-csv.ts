import { setImmediate } from 'node:timers/promises';
import { CsvError, parse, type Parser } from 'csv-parse';
import { SyncError } from '../../errors';
import { listed } from '../../limits';
import { withPlainLines } from './text-slices';

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

/** More columns are no table of people. */
export const MAX_COLUMNS = 1000;
/** No row is longer than this, in characters: one whose quote is never closed goes on to the end of the file. */
const ROW_LENGTH = 1_000_000;
/** So many rows make a part, or more where a slice of the text has more. */
const PART_ROWS = 1000;
const DELIMITERS = [',', ';', '\t', '|'];
/** No header is longer than this, in characters. */
const HEADER_LENGTH = 65_536;

/**
 * Reads a CSV with a header line, part by part; other requests get their turn between slices of its text. Empty lines
 * and columns without a header are skipped, spaces around headers and cells are cut off. Fails with `CSV_INVALID` and the
 * line on which the bad row begins, or with what is wrong with the header. There is at least one part.
 */
export async function* parseCsv(
  text: AsyncIterable<string>,
  name: string,
  delimiter?: string,
): AsyncGenerator<Table, void, void> {
  let header: readonly string[] | undefined;
  for await (const [first, ...rest] of readRows(withPlainLines(text), name, delimiter)) {
    const isFirst = header === undefined;
    header ??= checkHeader(first.cells, name);
    yield toTable(header, isFirst ? rest : [first, ...rest], name);
  }
  if (!header) throw new SyncError('FILE_EMPTY', { file: name });
}

/** Every header that a mapping names has to be there: a column that was renamed must not look like one that is empty. */
export function requireColumns(
  { headers }: Pick<Table, 'headers'>,
  mapping: Readonly<Record<string, string>>,
  name: string,
): void {
  const there = new Set(headers);
  const missing = Object.keys(mapping).filter((header) => !there.has(header));
  if (missing.length > 0) {
    throw new SyncError('CSV_COLUMN_MISSING', { file: name, column: listed(missing), found: listed(headers) });
  }
}

function checkHeader(headers: readonly string[], name: string): readonly string[] {
  if (headers.length > MAX_COLUMNS)
    throw new SyncError('CSV_TOO_MANY_COLUMNS', { file: name, count: headers.length, max: MAX_COLUMNS });
  const seen = new Set<string>();
  for (const column of headers) {
    if (seen.has(column)) throw new SyncError('CSV_COLUMN_DUPLICATE', { file: name, column });
    if (column !== '') seen.add(column);
  }
  return headers;
}

function toTable(headers: readonly string[], rows: readonly Row[], name: string): Table {
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

/** The rows of a text, some at a time. */
async function* readRows(text: AsyncIterable<string>, name: string, delimiter?: string): AsyncGenerator<Row[]> {
  let rows: Row[] = [];
  let parser: Parser | undefined;
  let endOfLast = { lines: 0, empty_lines: 0 };
  const nextLine = ({ empty_lines }: { empty_lines: number }) =>
    endOfLast.lines + 1 + empty_lines - endOfLast.empty_lines;
  const found = () => rows.splice(0);
  try {
    for await (const slice of text) {
      parser ??= rowParser(delimiter ?? guessDelimiter(slice), (cells, info) => {
        rows.push({ cells, line: nextLine(info) });
        endOfLast = { lines: info.lines, empty_lines: info.empty_lines };
      });
      await write(parser, slice);
      if (rows.length >= PART_ROWS) yield found();
      await setImmediate();
    }
    if (parser) await end(parser);
    if (rows.length > 0) yield found();
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // Where a quote is missing, the parser notices only further down; the row that it is reading is the one to look at.
    const line = nextLine({ empty_lines: Number(error.empty_lines ?? endOfLast.empty_lines) });
    throw invalid(name, line, explain(error), error);
  } finally {
    rows = [];
    parser?.destroy();
  }
}

function rowParser(
  delimiter: string,
  onRow: (cells: string[], info: { lines: number; empty_lines: number }) => void,
): Parser {
  const parser = parse({
    delimiter,
    record_delimiter: '\n',
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: ROW_LENGTH,
    on_record: (cells: string[], info) => {
      onRow(cells, info);
      return null;
    },
  });
  // `write` and `end` say what went wrong; an `error` event without a listener would end the process.
  return parser.on('error', () => undefined).resume();
}

const write = (parser: Parser, slice: string) =>
  new Promise<void>((resolve, reject) => {
    parser.write(slice, (error) => (error ? reject(error) : resolve()));
  });

const end = (parser: Parser) =>
  new Promise<void>((resolve, reject) => {
    parser.end((error?: Error | null) => (error ? reject(error) : resolve()));
  });

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
    case 'CSV_MAX_RECORD_SIZE':
      return `the row is longer than ${ROW_LENGTH} characters, perhaps because a quote is opened and never closed`;
    default:
      return message.replace(/ (on|at) line \d+.*$/s, '');
  }
}

function invalid(file: string, line: number, reason: string, cause?: Error): SyncError {
  return new SyncError('CSV_INVALID', { file, line, reason }, { cause });
}
