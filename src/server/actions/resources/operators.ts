import { isStorable } from '../../database/storable-text';
import type { FieldType } from './exposed-fields';

/** A value of a condition, as the host takes it. */
export type FilterValue = string | number | boolean | null;

/** What an operator is given: one value or `null`, a value, a list of them, `true` or `false`, or a start and an end. */
export type Operand = 'valueOrNull' | 'value' | 'list' | 'flag' | 'range';

const MAX_TEXT_LENGTH = 255;
const ID = /^\d{1,18}$/;
const INTEGER = /^-?\d{1,15}$/;
/** A year that every database knows, and what follows; a zone or none. */
const DATE = /^(19|2\d)\d\d(-\d\d(-\d\d([T ]\d\d(:\d\d(:\d\d(\.\d{3})?)?)?)?)?)?(Z|[+-]\d\d:\d\d)?$/;
const WHOLE_DATE = 'YYYY-01-01T00:00:00.000';

const EQUALITY = { $eq: 'valueOrNull', $ne: 'valueOrNull', $empty: 'flag', $notEmpty: 'flag' } as const;
const LISTS = { $in: 'list', $notIn: 'list' } as const;
const ORDER = { $gt: 'value', $gte: 'value', $lt: 'value', $lte: 'value' } as const;

/** Operators by what the field holds. */
export const OPERATORS: Readonly<Record<FieldType, Readonly<Record<string, Operand>>>> = {
  id: { ...EQUALITY, ...LISTS, ...ORDER },
  integer: { ...EQUALITY, ...LISTS, ...ORDER },
  boolean: { ...EQUALITY, $isTruly: 'flag', $isFalsy: 'flag' },
  text: {
    ...EQUALITY,
    ...LISTS,
    $includes: 'value',
    $notIncludes: 'value',
    $startsWith: 'value',
    $notStartsWith: 'value',
    $endWith: 'value',
    $notEndWith: 'value',
  },
  date: {
    ...EQUALITY,
    ...ORDER,
    $dateOn: 'value',
    $dateNotOn: 'value',
    $dateBefore: 'value',
    $dateNotBefore: 'value',
    $dateAfter: 'value',
    $dateNotAfter: 'value',
    $dateBetween: 'range',
  },
  json: {},
};

/** What a field expects, as the message names it. */
export const EXPECTED: Readonly<Record<FieldType, string>> = {
  id: 'integer',
  integer: 'integer',
  boolean: 'boolean',
  text: 'textUpTo',
  date: 'date',
  json: 'nothing',
};
export const EXPECTED_PARAMS = { max: MAX_TEXT_LENGTH };

/** An id as numbers and texts have it; of a query it is always a text. */
export function toId(value: unknown): FilterValue | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !ID.test(text)) return undefined;
  return Number.isSafeInteger(Number(text)) ? Number(text) : text;
}

export function toBoolean(value: unknown): boolean | undefined {
  if (value === true || value === 'true') return true;
  return value === false || value === 'false' ? false : undefined;
}

/** A value of a field of this type; `undefined` when it is none. A query has only texts. */
export function toValue(type: FieldType, value: unknown): FilterValue | undefined {
  switch (type) {
    case 'id':
      return toId(value);
    case 'integer': {
      const text = typeof value === 'number' ? String(value) : value;
      return typeof text === 'string' && INTEGER.test(text) ? Number(text) : undefined;
    }
    case 'boolean':
      return toBoolean(value);
    case 'text': {
      const text = typeof value === 'number' ? String(value) : value;
      return typeof text === 'string' && text.length <= MAX_TEXT_LENGTH && isStorable(text) ? text : undefined;
    }
    case 'date':
      return typeof value === 'string' && isDate(value) ? value : undefined;
    case 'json':
      return undefined;
  }
}

function isDate(text: string): boolean {
  return DATE.test(text) && !Number.isNaN(instantOf(text));
}

/** The point in time at which what the text names begins; without a zone in that of the server's data, UTC. */
export function instantOf(text: string): number {
  const [, date, zone = 'Z'] = /^(.*?)(Z|[+-]\d\d:\d\d)?$/.exec(text) as unknown as [string, string, string?];
  return Date.parse(`${date.replace(' ', 'T')}${WHOLE_DATE.slice(date.length)}${zone}`);
}
