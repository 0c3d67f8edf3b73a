import type { Model } from '@nocobase/database';
import type { Selection } from './check-selection';

type Row = Readonly<Record<string, unknown>>;

/** What a list says about itself. */
const META = ['count', 'page', 'pageSize', 'totalPage', 'hasNext'];

/**
 * The answer of the host with what was asked for, and nothing else that the host or a listener of another plugin put
 * into it. `plain` makes an object of a row.
 */
export function presentRows(body: unknown, selection: Selection, plain = plainRow): unknown {
  if (Array.isArray(body)) return body.map((row) => presentRows(row, selection, plain));
  if (typeof body !== 'object' || body === null) return body ?? null;
  if (!('rows' in body)) return presentRow(plain(body), selection);
  return { ...only(META, body), rows: presentRows(body.rows, selection, plain) };
}

/** A row without what was not asked for. Options come with the names of those that are secret and set. */
export function presentRow(row: Row, { fields, relations }: Selection): Row {
  const related = [...relations].map(([name, names]) => [name, presentRelated(row[name], names)] as const);
  const own = fields.has('options') ? [...fields, 'secretsSet'] : [...fields];
  return { ...only(own, row), ...Object.fromEntries(related) };
}

/** A model as what would be answered of it: without fields that its collection hides. */
export function plainRow(row: object): Row {
  return ('toJSON' in row ? (row as Model).toJSON() : row) as Row;
}

function presentRelated(row: unknown, names: ReadonlySet<string>): unknown {
  if (typeof row !== 'object' || row === null) return null;
  return only([...names], plainRow(row));
}

function only(names: readonly string[], row: object): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => names.includes(name)));
}
