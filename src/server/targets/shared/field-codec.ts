import { isDeepStrictEqual } from 'node:util';
import type { Collection, Field } from '@nocobase/database';
import { fromJsonColumn } from '../../database/json-column';
import { isStorable } from '../../database/storable-text';

/** Reads delivered values of one field and compares them with stored ones. */
export interface FieldCodec {
  readonly name: string;
  readonly unique: boolean;
  /** The value to be stored. Throws `InvalidValue` for what the field cannot hold. */
  parse(delivered: unknown): unknown;
  /** Whether a stored value, as a raw query gives it, is the same as a parsed one. */
  equal(stored: unknown, parsed: unknown): boolean;
  /** A stored value, as a raw query gives it, as it is shown and logged. */
  showStored(stored: unknown): unknown;
  /** A parsed value as it is shown and logged. */
  show(parsed: unknown): unknown;
}

/** A delivered value that a field cannot hold. */
export class InvalidValue extends Error {
  constructor(
    readonly expected: string,
    /** For a text that is too long: how many characters it may have. */
    readonly max?: number,
  ) {
    super(`expected ${expected}`);
  }
}

type Kind = Pick<FieldCodec, 'parse' | 'equal' | 'show'> & {
  /** What a raw query gives, as a value; where it is one already this is left out. */
  readonly read?: (stored: unknown) => unknown;
};

/** NocoBase's `string` is a column of 255 characters unless its options say otherwise. */
const DEFAULT_STRING_LENGTH = 255;

const text = (maxLength: number): Kind => ({
  parse(value) {
    if (typeof value === 'number' && Number.isFinite(value)) return String(value);
    if (typeof value !== 'string' || !isStorable(value)) throw new InvalidValue('string');
    if (value.length > maxLength) throw new InvalidValue('string', maxLength);
    return value;
  },
  equal: (stored, parsed) => String(stored) === parsed,
  show: (value) => value,
});

const number = (isValid: (value: number) => boolean, expected: string): Kind => ({
  parse(value) {
    const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof parsed !== 'number' || !isValid(parsed)) throw new InvalidValue(expected);
    return parsed;
  },
  equal: (stored, parsed) => Number(stored) === parsed,
  show: Number,
});

const flag: Kind = {
  parse(value) {
    if (value === true || value === 1 || value === 'true' || value === '1') return true;
    if (value === false || value === 0 || value === 'false' || value === '0') return false;
    throw new InvalidValue('boolean');
  },
  equal: (stored, parsed) => Boolean(stored) === parsed,
  show: Boolean,
};

/** Any JSON value, a text, too. SQLite gives what it has stored as text; others give the value, which may be a text itself. */
const json = ({ db }: Collection): Kind => ({
  parse: (value) => value,
  read: db.sequelize.getDialect() === 'sqlite' ? fromJsonColumn : undefined,
  equal: isDeepStrictEqual,
  show: (value) => value,
});

const list: Kind = {
  parse(value) {
    if (!Array.isArray(value)) throw new InvalidValue('array');
    return value as unknown[];
  },
  // No list is a text, so a text is one that was not read yet.
  read: fromJsonColumn,
  equal: isDeepStrictEqual,
  show: (value) => value,
};

const pattern = (regex: RegExp, expected: string): Kind => ({
  parse(value) {
    if (typeof value !== 'string' || !regex.test(value)) throw new InvalidValue(expected);
    return value;
  },
  equal: (stored, parsed) => String(stored) === parsed,
  show: (value) => value,
});

/** NocoBase's models call the setters of fields. */
interface SetsFields {
  callSetters(values: Record<string, unknown>, options: object): Record<string, unknown>;
}

/** Dates go through the host's own setter, which knows the field's time zone and accuracy. */
const instant = (collection: Collection, name: string): Kind => {
  const store = (value: unknown): unknown => {
    const model = collection.model as typeof collection.model & SetsFields;
    return model.build(model.callSetters({ [name]: value }, {})).getDataValue(name) as unknown;
  };
  const time = (value: unknown) => (value instanceof Date ? value.getTime() : value);
  return {
    parse(value) {
      if (typeof value !== 'string' && typeof value !== 'number') throw new InvalidValue('date');
      const stored = store(value);
      if (stored === null || Number.isNaN(stored instanceof Date ? stored.getTime() : Number(stored))) {
        throw new InvalidValue('date');
      }
      return stored;
    },
    equal: (stored, parsed) =>
      parsed instanceof Date
        ? new Date(stored as string).getTime() === time(parsed)
        : String(stored) === String(parsed),
    show: (value) => (value instanceof Date ? value.toISOString() : value),
  };
};

/** What a source may write, by the type of the field. Types that are not here are never written. */
function kindOf(collection: Collection, field: Field): Kind | undefined {
  const length = Number((field.options as { length?: unknown }).length) || DEFAULT_STRING_LENGTH;
  switch (field.type) {
    case 'string':
    case 'uid':
    case 'nanoid':
    case 'uuid':
      return text(length);
    case 'text':
      return text(Infinity);
    case 'integer':
    case 'bigInt':
    case 'sort':
      return number(Number.isSafeInteger, 'integer');
    case 'float':
    case 'double':
    case 'real':
    case 'decimal':
      return number(Number.isFinite, 'number');
    case 'boolean':
      return flag;
    case 'json':
    case 'jsonb':
      return json(collection);
    case 'array':
    case 'set':
      return list;
    case 'date':
    case 'datetime':
    case 'datetimeTz':
    case 'datetimeNoTz':
    case 'unixTimestamp':
      return instant(collection, field.name as string);
    case 'dateOnly':
      return pattern(/^\d{4}-\d{2}-\d{2}$/, 'dateOnly');
    case 'time':
      return pattern(/^\d{2}:\d{2}(:\d{2})?$/, 'time');
    default:
      return undefined;
  }
}

/** The codec of a field, or `undefined` for a field that is not plain data. `null` empties any field. */
export function codecOf(collection: Collection, field: Field): FieldCodec | undefined {
  const kind = kindOf(collection, field);
  if (!kind) return undefined;
  const options = field.options as { unique?: unknown; trim?: unknown };
  const unique = Boolean(options.unique);
  const { read = (stored) => stored } = kind;
  return {
    name: field.name as string,
    unique,
    parse(delivered) {
      const value = options.trim && typeof delivered === 'string' ? delivered.trim() : delivered;
      return value === null || (unique && value === '') ? null : kind.parse(value);
    },
    equal(stored, parsed) {
      const isNull = stored === null || stored === undefined;
      return isNull || parsed === null ? isNull && parsed === null : kind.equal(read(stored), parsed);
    },
    showStored: (stored) => (stored === null || stored === undefined ? null : kind.show(read(stored))),
    show: (parsed) => (parsed === null ? null : kind.show(parsed)),
  };
}
