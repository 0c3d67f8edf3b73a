import type { Exposed } from './exposed-fields';
import { malformed, unknownName } from './refuse';

/** So many names may a parameter have. */
const MAX_NAMES = 100;

/** What of each row is answered. */
export interface Selection {
  readonly fields: ReadonlySet<string>;
  readonly relations: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What comes with `fields`, `except` and `appends`: names of fields, of relations, and of fields of relations. */
export function checkSelection(params: Readonly<Record<string, unknown>>, exposed: Exposed): Selection {
  const chosen = namesIn(params.fields, 'fields');
  const fields = new Set(chosen.length > 0 ? [] : Object.keys(exposed.fields));
  const relations = new Map<string, Set<string>>();
  const add = (name: string, parameter: string): void => {
    if (parameter === 'fields' && Object.hasOwn(exposed.fields, name)) return void fields.add(name);
    const [relation, names] = related(name, parameter, exposed);
    relations.set(relation, new Set([...(relations.get(relation) ?? []), ...names]));
  };
  for (const name of chosen) add(name, 'fields');
  for (const name of namesIn(params.appends, 'appends')) add(name, 'appends');
  for (const name of namesIn(params.except, 'except')) {
    if (Object.hasOwn(exposed.fields, name)) {
      fields.delete(name);
      continue;
    }
    const [relation, names] = related(name, 'except', exposed);
    const left = [...(relations.get(relation) ?? [])].filter((each) => !names.includes(each));
    if (left.length > 0) relations.set(relation, new Set(left));
    else relations.delete(relation);
  }
  return { fields, relations };
}

/** What rows are sorted by: own fields, `-` before one turns the order around. */
export function checkSort(value: unknown, exposed: Exposed): string[] | undefined {
  const names = namesIn(value, 'sort');
  const known = Object.keys(exposed.fields).filter((name) => exposed.fields[name] !== 'json');
  for (const name of names) {
    if (!known.includes(name.replace(/^-/, ''))) throw unknownName(`sort.${name}`, known);
  }
  return names.length > 0 ? [...new Set(names)] : undefined;
}

/** `relation` with all that is exposed of it, or `relation.field`. */
function related(name: string, parameter: string, exposed: Exposed): [relation: string, names: readonly string[]] {
  const [relation, field, ...deeper] = name.split('.');
  const { fields, relations } = exposed;
  if (!Object.hasOwn(relations, relation)) {
    const own = parameter === 'appends' ? [] : Object.keys(fields);
    throw unknownName(`${parameter}.${name}`, [...own, ...Object.keys(relations)]);
  }
  const names = Object.keys(relations[relation]);
  if (field === undefined) return [relation, names];
  if (deeper.length > 0 || !names.includes(field)) throw unknownName(`${parameter}.${name}`, names);
  return [relation, [field]];
}

/** Names as a text, separated by commas, or as a list. */
function namesIn(value: unknown, parameter: string): string[] {
  if (value === undefined || value === null) return [];
  const texts: unknown[] = Array.isArray(value) ? value : [value];
  const names: string[] = [];
  for (const text of texts) {
    if (typeof text !== 'string') throw malformed(parameter, 'names');
    for (const name of text.split(',', MAX_NAMES + 1)) names.push(name.trim());
    if (names.length > MAX_NAMES) throw malformed(parameter, 'listUpTo', { max: MAX_NAMES });
  }
  return names.filter((name) => name !== '');
}
