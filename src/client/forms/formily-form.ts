import { createForm, onFieldValidateFailed, type Form } from '@formily/core';
import { toJS } from '@formily/reactive';
import type { Source } from '../page/model';
import { isKeptSecret } from '../page/sources/kept-secrets';

type Options = Record<string, unknown>;

/** What a form written for the built-in page finds: the record when it is there, else its type. */
export function createSourceForm(source: Source | undefined, sourceType: string): Form {
  const secretsSet = source?.secretsSet ?? [];
  return createForm({
    ...(source ? { values: { ...source } } : { initialValues: { sourceType } }),
    effects: () =>
      onFieldValidateFailed('options.*', (field) => {
        const [, ...path] = field.path.segments;
        // The built-in page handed secrets to the browser, so forms may require what is not sent here.
        if (isKeptSecret(path, field.value, secretsSet)) field.setFeedback({ type: 'error', messages: [] });
      }),
  });
}

/**
 * What the form has changed of the options that it began with, applied to what the page knows of them. A field that is
 * hidden loses its value, and so does the option.
 */
export function applyChanges(form: Form, before: Options, options: Options): Options {
  const after = toJS((form.values as { options?: Options }).options) ?? {};
  const applied = { ...options };
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (JSON.stringify(before[name]) === JSON.stringify(after[name])) continue;
    if (after[name] === undefined) delete applied[name];
    else applied[name] = after[name];
  }
  return applied;
}

/** What is wrong with the fields of a form; nothing when all is well. A breakdown of the form itself is thrown. */
export async function problemsOf(validation: unknown): Promise<string[]> {
  try {
    await validation;
    return [];
  } catch (errors) {
    if (!Array.isArray(errors)) throw errors;
    return (errors as { messages?: unknown[] }[]).flatMap(({ messages }) => messages ?? []).map(String);
  }
}
