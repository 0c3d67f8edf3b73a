import type { FormInstance } from 'antd';
import { PageError } from '../transport';

/** Where something stands in a form: `['rules', 'scope', 'users', 0, 'value']`. */
type FieldPath = readonly (string | number)[];

/** Codes of refusals that name no path: they are about the name that was given. */
const ABOUT_THE_NAME = /^SOURCE_NAME_/;

/** Shows a refusal of the server at the field that it speaks of, and goes there. Whether there is one. */
export function markRefused(form: FormInstance, refusal: Error): boolean {
  const field = form
    .getFieldsError()
    .map(({ name }) => name)
    .find((name) => name.length > 0 && isAbout(refusal, name));
  if (!field) return false;
  form.setFields([{ name: field, errors: [refusal.message] }]);
  form.scrollToField(field, { focus: true });
  return true;
}

/** A refusal names what is wrong by its path; in every language the path itself is the same. */
function isAbout(refusal: Error, field: FieldPath): boolean {
  if (refusal instanceof PageError && ABOUT_THE_NAME.test(refusal.code ?? '')) return field.join() === 'name';
  const path = field.map((part) => (typeof part === 'number' ? `\\[${part}\\]` : `\\.${part}`)).join('');
  const pattern = path.slice('\\.'.length);
  // A single word may stand anywhere in a sentence and not be meant.
  return new RegExp(field.length > 1 ? `(?<![\\w.])${pattern}(?!\\w)` : `^${pattern}:`).test(refusal.message);
}
