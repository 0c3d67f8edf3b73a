import type { FormInstance } from 'antd';

/** A refusal names what is wrong by its path; in every language the path itself is the same. */
const PATH = /(?<![\w.])(?:rules|options)(?:\.\w+|\[\d+\])+/;

/** Where something stands in a form: `['rules', 'scope', 'users', 0, 'value']`. */
type FieldPath = readonly (string | number)[];

/** Shows a refusal of the server at the field that it speaks of, and goes there. Whether there is one. */
export function markRefused(form: FormInstance, refusal: string): boolean {
  const wanted = pathIn(refusal);
  const field = form
    .getFieldsError()
    .map(({ name }) => name)
    .find((name) => name.length > 0 && name.every((part, index) => part === wanted[index]));
  if (!field) return false;
  form.setFields([{ name: field, errors: [refusal] }]);
  form.scrollToField(field, { focus: true });
  return true;
}

function pathIn(refusal: string): FieldPath {
  const parts = PATH.exec(refusal)?.[0].match(/\w+/g) ?? [];
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}
