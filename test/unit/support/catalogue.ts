import type { Collection, Field } from '@nocobase/database';
import { FieldCatalogue } from '../../../src/server/targets/shared/field-catalogue';

/** What the catalogue reads of a field. */
type FieldOptions = Readonly<Record<string, unknown>>;

/** The catalogue of a collection with these fields, texts unless they say otherwise. */
function catalogueOf(fields: Readonly<Record<string, FieldOptions>>): FieldCatalogue {
  const known = new Map(
    Object.entries(fields).map(([name, options]) => [name, { name, type: 'string', options } as unknown as Field]),
  );
  const collection: Pick<Collection, 'fields' | 'hasField'> = { fields: known, hasField: (name) => known.has(name) };
  return new FieldCatalogue(collection as Collection, []);
}

export const userCatalogue = catalogueOf({
  nickname: {},
  username: { unique: true },
  email: { unique: true },
  phone: {},
});

export const departmentCatalogue = catalogueOf({ title: {} });
