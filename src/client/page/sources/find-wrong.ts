import type { FormInstance } from 'antd';
import type { SourceValues } from '../model';
import { isKeptSecret } from './kept-secrets';

type FieldPath = (string | number)[];

/**
 * Checks the fields of the page's own form, or those of one part, and lets them say what is wrong. The first that is
 * wrong; a secret that is stored already is right when its field is empty.
 */
export async function findWrong(
  form: FormInstance<SourceValues>,
  secretsSet: readonly string[],
  part?: 'options',
): Promise<FieldPath | undefined> {
  try {
    await (part ? form.validateFields([[part]], { recursive: true }) : form.validateFields());
    return undefined;
  } catch (failure) {
    const { errorFields } = failure as { errorFields?: readonly { name: FieldPath }[] };
    if (!errorFields) throw failure;
    const isKept = ({ name: [part, ...path] }: { name: FieldPath }) =>
      part === 'options' && isKeptSecret(path, form.getFieldValue([part, ...path]), secretsSet);
    form.setFields(errorFields.filter(isKept).map(({ name }) => ({ name: name as never, errors: [] })));
    return errorFields.find((field) => !isKept(field))?.name;
  }
}
