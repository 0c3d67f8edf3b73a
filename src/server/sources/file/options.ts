import * as z from 'zod/mini';
import { DELIVERY_MODES, type DeliveryMode, type MatchKey } from '../../../common/records';
import { parseMatchKey } from '../../records/match-key';
import { choice, expecting, isObject, optional, parse, withDefault, type Refusal } from '../../validation';
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
  /** `full`: a record that is not in the files is removed. Default: `delta`. */
  readonly mode: DeliveryMode;
  readonly departments?: FileInput;
  readonly users?: FileInput;
}

const TEXT = optional(expecting(z.string(), { expected: 'string' }));
const DELIMITER = expecting(z.string().check(z.regex(/^[^"\r\n]$/)), { expected: 'character' });

/** Header → field. A record of zod's would assign the headers, which may be any names. */
const MAPPING = z
  .custom<Readonly<Record<string, string>>>(isObject, { params: { expected: 'object' } })
  .check(({ value, issues }) => {
    const refuse = (params: Refusal, ...path: string[]) =>
      void issues.push({ code: 'custom', input: value, path, params });
    const entries = Object.entries(value);
    if (entries.length > MAX_COLUMNS) return refuse({ expected: 'mappingUpTo', max: MAX_COLUMNS });
    for (const [header, field] of entries)
      if (typeof field !== 'string' || field === '') refuse({ expected: 'string' }, header);
    if (entries.length > 0 && !Object.values(value).includes('uid')) refuse({ expected: 'mappedUid' });
    const fields = new Set<string>();
    for (const [header, field] of entries) {
      if (fields.has(field)) refuse({ expected: 'each field once' }, header);
      fields.add(field);
    }
  });

const INPUT = z.pipe(
  z
    .object({
      path: TEXT,
      text: TEXT,
      format: optional(choice(['csv', 'json'])),
      delimiter: optional(DELIMITER),
      mapping: optional(MAPPING),
    })
    .check(either('path', 'text')),
  z.transform(({ path, text, format, mapping, delimiter }): FileInput => ({
    path,
    text: path === undefined ? text : undefined,
    format: format ?? (path?.toLowerCase().endsWith('.json') ? 'json' : 'csv'),
    delimiter,
    mapping: mapping && Object.keys(mapping).length > 0 ? mapping : undefined,
  })),
);

const OPTIONS = z
  .object({
    departments: optional(INPUT),
    users: optional(INPUT),
    mode: withDefault(optional(choice(DELIVERY_MODES)), 'delta'),
  })
  .check(either('users', 'departments'));

/** Reads options as stored or as submitted. Fails with `SOURCE_OPTIONS_INVALID` and the path of what is wrong. */
export function parseFileOptions(options: Readonly<Record<string, unknown>>): FileOptions {
  const understood = parse(OPTIONS, options, { name: 'options', code: 'SOURCE_OPTIONS_INVALID' });
  return { ...understood, matchKey: parseMatchKey(options.matchKey) };
}

/** At least one of two members; what is said when there is none is said of the first. */
function either<K extends string>(first: K, second: K) {
  return z.refine<Partial<Record<K, unknown>>>((value) => value[first] !== undefined || value[second] !== undefined, {
    path: [first],
    params: { expected: 'fileOrText' },
  });
}
