import { SyncError, type MessageParams } from '../../errors';
import { parseMatchKey } from '../../records/match-key';
import { DELIVERY_MODES, type DeliveryMode, type MatchKey } from '../../records/types';
import { MAX_COLUMNS } from './parse-csv';

/** One table or list: a file under the folder for files, or its text itself. */
export interface FileInput {
  /** Relative to `<storage>/user-data-sync/`. */
  readonly path?: string;
  /** The content, as uploaded. */
  readonly text?: string;
  /** Default: by the ending of the path, else CSV. */
  readonly format: 'csv' | 'json';
  /** Between the cells of a CSV; by default found out from the header line among comma, semicolon, tab and bar. */
  readonly delimiter?: string;
  /** Header or property → field. Without it, headers are the names of fields. */
  readonly mapping?: Readonly<Record<string, string>>;
}

/** What an administrator configures for a source of type `file`. */
export interface FileOptions {
  readonly matchKey?: MatchKey;
  /** `full`: who is not in the files has gone. Default: `delta`. */
  readonly mode: DeliveryMode;
  readonly departments?: FileInput;
  readonly users?: FileInput;
}

/** Reads options as stored or as submitted. Fails with `SOURCE_OPTIONS_INVALID` and the path of what is wrong. */
export function parseFileOptions(options: Readonly<Record<string, unknown>>): FileOptions {
  const departments = parseInput(options.departments, 'departments');
  const users = parseInput(options.users, 'users');
  if (!departments && !users) throw invalid('users', 'fileOrText');
  return { matchKey: parseMatchKey(options.matchKey), mode: parseMode(options.mode), departments, users };
}

function parseMode(value: unknown): DeliveryMode {
  if (isAbsent(value)) return 'delta';
  const mode = DELIVERY_MODES.find((known) => known === value);
  if (mode === undefined) throw invalid('mode', DELIVERY_MODES.join(', '));
  return mode;
}

function parseInput(value: unknown, path: string): FileInput | undefined {
  if (isAbsent(value)) return undefined;
  if (!isObject(value)) throw invalid(path, 'object');
  const file = parseText(value.path, `${path}.path`);
  const text = parseText(value.text, `${path}.text`);
  if (file === undefined && text === undefined) throw invalid(`${path}.path`, 'fileOrText');
  return {
    path: file,
    text: file === undefined ? text : undefined,
    format: parseFormat(value.format, `${path}.format`) ?? (file?.toLowerCase().endsWith('.json') ? 'json' : 'csv'),
    delimiter: parseDelimiter(value.delimiter, `${path}.delimiter`),
    mapping: parseMapping(value.mapping, `${path}.mapping`),
  };
}

function parseText(value: unknown, path: string): string | undefined {
  if (isAbsent(value)) return undefined;
  if (typeof value !== 'string') throw invalid(path, 'string');
  return value;
}

function parseFormat(value: unknown, path: string): 'csv' | 'json' | undefined {
  if (isAbsent(value)) return undefined;
  if (value !== 'csv' && value !== 'json') throw invalid(path, 'csv, json');
  return value;
}

function parseDelimiter(value: unknown, path: string): string | undefined {
  if (isAbsent(value)) return undefined;
  if (typeof value !== 'string' || value.length !== 1 || /["\r\n]/.test(value)) throw invalid(path, 'character');
  return value;
}

function parseMapping(value: unknown, path: string): Readonly<Record<string, string>> | undefined {
  if (isAbsent(value)) return undefined;
  if (!isObject(value)) throw invalid(path, 'object');
  const count = Object.keys(value).length;
  if (count > MAX_COLUMNS) throw invalid(path, 'mappingUpTo', { max: MAX_COLUMNS });
  const entries = Object.entries(value).map(([header, field]): [string, string] => {
    if (typeof field !== 'string' || field === '') throw invalid(`${path}.${header}`, 'string');
    return [header, field];
  });
  if (entries.length === 0) return undefined;
  if (!entries.some(([, field]) => field === 'uid')) throw invalid(path, 'mappedUid');
  const fields = new Set<string>();
  for (const [header, field] of entries) {
    if (fields.has(field)) throw invalid(`${path}.${header}`, 'each field once');
    fields.add(field);
  }
  return Object.fromEntries(entries);
}

const isAbsent = (value: unknown) => value === undefined || value === null || value === '';
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const invalid = (path: string, expected: string, params: MessageParams = {}) =>
  new SyncError('SOURCE_OPTIONS_INVALID', { path: `options.${path}`, expected, ...params });
