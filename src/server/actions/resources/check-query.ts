import { checkFilter, type HostFilter } from './check-filter';
import { checkSelection, checkSort, type Selection } from './check-selection';
import type { Exposed } from './exposed-fields';
import { toBoolean, toId, type FilterValue } from './operators';
import { malformed, unknownName } from './refuse';

type Params = Readonly<Record<string, unknown>>;

/** What a request asks for, checked, in the terms of the host. */
export interface CheckedQuery {
  readonly selection: Selection;
  readonly filter?: HostFilter;
  readonly sort?: string[];
  readonly page?: number;
  readonly pageSize?: number;
  readonly paginate?: boolean;
  readonly filterByTk?: FilterValue | FilterValue[];
}

const MAX_PAGE = 1_000_000;
const MAX_PAGE_SIZE = 1000;
const MAX_IDS = 100;

/** What the host itself reads of a query, or puts there out of the path. */
const OF_THE_HOST = [
  'token',
  'locale',
  '__appName',
  'values',
  'resourceName',
  'resourceIndex',
  'actionName',
  'associatedName',
  'associatedIndex',
];
/** Say how the host writes what comes with a row. Nothing does here, so they have no effect. */
const WITHOUT_EFFECT = ['updateAssociationValues', 'whitelist', 'blacklist'];
const SELECTION = ['fields', 'except', 'appends'];

/** The parameters of each action of the host on a collection. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  list: ['filter', 'sort', ...SELECTION, 'page', 'pageSize', 'paginate'],
  get: ['filterByTk', 'filter', ...SELECTION],
  create: WITHOUT_EFFECT,
  update: ['filterByTk', ...WITHOUT_EFFECT],
  destroy: ['filterByTk', 'filter'],
  move: ['sourceId', 'targetId', 'method', 'sticky', 'sortField'],
};

/**
 * Checks what a request says about rows against the table, and makes the host's parameters of it anew. What is unknown
 * or malformed is refused before the host looks at it: the host would filter by anything that relations lead to.
 */
export function checkQuery(action: string, params: Params, exposed: Exposed, zone: string): CheckedQuery {
  requireKnown(params, PARAMETERS[action] ?? []);
  const known = Object.fromEntries((PARAMETERS[action] ?? []).map((name) => [name, params[name]]));
  return {
    selection: checkSelection(known, exposed),
    filter: checkFilter(known.filter, exposed, zone),
    sort: checkSort(known.sort, exposed),
    page: wholeNumber(known.page, 'page', MAX_PAGE),
    pageSize: wholeNumber(known.pageSize, 'pageSize', MAX_PAGE_SIZE),
    paginate: paginate(known.paginate, exposed),
    filterByTk: ids(known.filterByTk, action),
  };
}

/** Refuses unknown parameters: ignoring one would give an answer that the client did not ask for. */
export function requireKnown(params: Params, known: readonly string[]): void {
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && !known.includes(name) && !OF_THE_HOST.includes(name)) throw unknownName(name, known);
  }
}

function wholeNumber(value: unknown, name: string, max: number): number | undefined {
  if (value === undefined) return undefined;
  const number = toId(value);
  if (typeof number !== 'number' || number < 1 || number > max)
    throw malformed(name, 'wholeNumberBetween', { min: 1, max });
  return number;
}

/** Lists that may be long are read page by page. */
function paginate(value: unknown, { isShort = false }: Exposed): boolean | undefined {
  if (value === undefined) return undefined;
  const isPaged = toBoolean(value);
  if (isPaged === undefined) throw malformed('paginate', 'boolean');
  if (!isPaged && !isShort) throw malformed('paginate', 'pages', { max: MAX_PAGE_SIZE });
  return isPaged;
}

/** One id; only what is destroyed may be several. */
function ids(value: unknown, action: string): FilterValue | FilterValue[] | undefined {
  if (value === undefined) return undefined;
  if (action !== 'destroy' || !Array.isArray(value)) return oneId(value);
  if (value.length === 0 || value.length > MAX_IDS) throw malformed('filterByTk', 'listUpTo', { max: MAX_IDS });
  return value.map(oneId);
}

function oneId(value: unknown): FilterValue {
  const id = toId(value);
  if (id === undefined) throw malformed('filterByTk', 'integer');
  // The host takes the number 0 for no id at all, and finds any row.
  return id === 0 ? '0' : id;
}
