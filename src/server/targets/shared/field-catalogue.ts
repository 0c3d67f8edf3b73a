import type { Collection, Field } from '@nocobase/database';
import type { ErrorCode, MessageParams } from '../../errors';
import type { FieldChanges } from '../../model/outcome';
import type { SyncRecord, Warning } from '../../model/records';
import { setOwn } from '../../security/set-own';
import { codecOf, InvalidValue, type FieldCodec } from './field-codec';

/** Bookkeeping of the host, on every collection: never a source's to write. */
const HOST_FIELDS = ['id', 'sort', 'createdAt', 'updatedAt', 'createdById', 'updatedById', 'createdBy', 'updatedBy'];

/** The values of a record that can be stored, and what had to be left out; or why the record fails. */
export type ParsedFields =
  | { readonly values: Readonly<Record<string, unknown>>; readonly warnings: readonly Warning[] }
  | { readonly code: ErrorCode; readonly params: MessageParams };

/** Knows which fields of a collection a source may write, and how. Made anew for each plan: fields can be added any time. */
export class FieldCatalogue {
  private readonly codecs = new Map<string, FieldCodec>();

  constructor(
    private readonly collection: Collection,
    neverWritten: readonly string[],
    /** Bookkeeping of the host that a source may write all the same. */
    alsoWritten: readonly string[] = [],
  ) {
    const excluded = new Set([...HOST_FIELDS, ...neverWritten, ...foreignKeys(collection)]);
    for (const field of fieldsOf(collection)) {
      const options = field.options as { hidden?: unknown; primaryKey?: unknown };
      const name = field.name as string;
      const isExcluded = excluded.has(name) || options.hidden || options.primaryKey;
      if (isExcluded && !alsoWritten.includes(name)) continue;
      const codec = codecOf(collection, field);
      if (codec) this.codecs.set(name, codec);
    }
  }

  get uniqueFields(): string[] {
    return [...this.codecs.values()].filter((codec) => codec.unique).map((codec) => codec.name);
  }

  /** The fields among those named that can be written. */
  writable(names: Iterable<string>): string[] {
    return [...new Set(names)].filter((name) => this.codecs.has(name));
  }

  /** Reads the field values of a record. */
  parse(record: SyncRecord): ParsedFields {
    const values: Record<string, unknown> = {};
    const warnings: Warning[] = [];
    for (const [name, delivered] of Object.entries(record.fields)) {
      if (delivered === undefined) continue;
      const codec = this.codecs.get(name);
      if (!codec) {
        const code = this.collection.hasField(name) || name === 'id' ? 'FIELD_NOT_WRITABLE' : 'FIELD_UNKNOWN';
        warnings.push({ uid: record.uid, code, params: { field: name } });
        continue;
      }
      try {
        setOwn(values, name, codec.parse(delivered));
      } catch (error) {
        if (!(error instanceof InvalidValue)) throw error;
        const path = `${record.path}.${name}`;
        return error.max === undefined
          ? { code: 'VALUE_INVALID', params: { path, expected: error.expected } }
          : { code: 'VALUE_TOO_LONG', params: { path, max: error.max } };
      }
    }
    return { values, warnings };
  }

  /** A delivered value as the text that would be stored, for looking it up; `undefined` for what is empty or wrong. */
  textOf(name: string, delivered: unknown): string | undefined {
    if (delivered === undefined || delivered === null) return undefined;
    try {
      const value = this.codecs.get(name)?.parse(delivered);
      return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
    } catch (error) {
      if (error instanceof InvalidValue) return undefined;
      throw error;
    }
  }

  /** The fields whose stored value differs from the parsed one. */
  differences(row: Readonly<Record<string, unknown>>, values: Readonly<Record<string, unknown>>): FieldChanges {
    const changes: Record<string, { old: unknown; new: unknown }> = {};
    for (const [name, value] of Object.entries(values)) {
      const codec = this.codecs.get(name);
      if (codec && !codec.equal(row[name], value)) {
        setOwn(changes, name, { old: codec.showStored(row[name]), new: codec.show(value) });
      }
    }
    return changes;
  }

  /** Values of a new row in the form in which changes are logged; empty ones are left out. */
  asChanges(values: Readonly<Record<string, unknown>>): FieldChanges {
    return this.differences({}, values);
  }
}

/** Columns that point to other rows: they belong to relations, which a source describes by uid or not at all. */
function foreignKeys(collection: Collection): string[] {
  const keys: string[] = [];
  for (const field of fieldsOf(collection)) {
    const { type, foreignKey, isForeignKey } = field.options as Record<string, unknown>;
    if (isForeignKey) keys.push(field.name as string);
    if (type === 'belongsTo' && typeof foreignKey === 'string') keys.push(foreignKey);
  }
  return keys;
}

function fieldsOf(collection: Collection): Field[] {
  return [...(collection.fields as Map<string, Field>).values()];
}
