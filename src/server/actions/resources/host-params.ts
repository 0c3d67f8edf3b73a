import type { HostFilter } from './check-filter';
import type { CheckedQuery } from './check-query';
import type { Selection } from './check-selection';
import type { Exposed } from './exposed-fields';

/** What the permissions of a role add to a request, as the host merges it into its parameters. */
interface Granted {
  readonly filter?: object;
  readonly fields?: unknown;
  readonly except?: unknown;
  readonly appends?: unknown;
}

const READING = ['list', 'get'];

/** What is answered: what was asked for, as far as the role may see it. */
export function withinGranted({ fields, relations }: Selection, granted: Granted): Selection {
  const may = (names: unknown, name: string) => !Array.isArray(names) || names.includes(name);
  const hidden = Array.isArray(granted.except) ? granted.except : [];
  return {
    fields: new Set([...fields].filter((name) => may(granted.fields, name) && !hidden.includes(name))),
    relations: new Map([...relations].filter(([name]) => may(granted.appends, name))),
  };
}

/** The parameters with which the action of the host runs: what was checked, and what the role's permissions say. */
export function hostParams(
  action: string,
  query: CheckedQuery,
  exposed: Exposed,
  granted: Granted,
  /** A filter that always holds: the request can only reach rows that match it. */
  forced?: object,
): Record<string, unknown> {
  const { selection, filter, ...rest } = query;
  const filters = [forced, granted.filter, filter].filter((one) => one !== undefined);
  const params = { ...granted, ...rest, filter: filters.length > 1 ? { $and: filters } : (filters[0] as HostFilter) };
  if (!READING.includes(action)) return params;
  const fields = [...new Set([...selection.fields, ...(exposed.always ?? []), ...idsOf(exposed)])];
  return { ...params, fields, appends: [...selection.relations.keys()], except: undefined };
}

/** Rows that come along are found by them. */
function idsOf({ fields }: Exposed): string[] {
  return Object.keys(fields).filter((name) => fields[name] === 'id');
}
