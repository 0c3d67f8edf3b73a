import type { Form } from '@formily/core';
import { applyChanges, createSourceForm, problemsOf } from '../../src/client/forms/formily-form';
import { source } from './support/rows';

/** Fields as a schema has them below the options; Formily itself draws nothing for them here. */
function withFields(form: Form, fields: Record<string, object>): Form {
  form.createObjectField({ name: 'options' });
  for (const [name, props] of Object.entries(fields)) form.createField({ name, basePath: 'options', ...props });
  return form;
}

const set = (form: Form, name: string, value: unknown) => form.setValuesIn(`options.${name}`, value);

describe('a form of Formily', () => {
  it('finds the type of a new source', () => {
    expect(createSourceForm(undefined, 'hr').values).toEqual({ sourceType: 'hr' });
  });

  it('finds the whole source that is there, and leaves it as it is', () => {
    const there = source({ sourceType: 'hr', options: { url: 'x', list: [{ a: 1 }] } });
    const form = createSourceForm(there, 'hr');
    expect(form.values).toMatchObject({ id: 2, name: 'hr', sourceType: 'hr', enabled: true, options: { url: 'x' } });
    set(form, 'list.0.a', 2);
    expect(there.options).toEqual({ url: 'x', list: [{ a: 1 }] });
  });

  it('begins with the defaults of its fields, which are options as well', () => {
    const form = withFields(createSourceForm(undefined, 'hr'), { kind: { initialValue: 'all' }, url: {} });
    expect(applyChanges(form, {}, {})).toEqual({ kind: 'all' });
  });

  it('keeps a stored value where a field has a default', () => {
    const there = source({ options: { kind: 'some' } });
    const form = withFields(createSourceForm(there, 'hr'), { kind: { initialValue: 'all' } });
    expect(applyChanges(form, there.options, { ...there.options })).toEqual({ kind: 'some' });
  });

  it('changes what was typed, objects and lists too, and nothing else', () => {
    const there = source({ options: { url: 'x', proxy: { host: 'a', port: 1 }, list: ['a', 'b'], other: 1 } });
    const form = createSourceForm(there, 'hr');
    set(form, 'url', 'y');
    set(form, 'proxy.port', 2);
    set(form, 'list', ['b']);
    const applied = applyChanges(form, there.options, { ...there.options, typedElsewhere: true });
    expect(applied).toEqual({
      url: 'y',
      proxy: { host: 'a', port: 2 },
      list: ['b'],
      other: 1,
      typedElsewhere: true,
    });
  });

  it('takes away an option whose field is hidden', () => {
    const there = source({ options: { kind: 'some', filter: 'f' } });
    const form = withFields(createSourceForm(there, 'hr'), { kind: {}, filter: {} });
    form.setFieldState('options.filter', (state) => (state.visible = false));
    expect(applyChanges(form, there.options, { ...there.options })).toEqual({ kind: 'some' });
  });

  it('says what is wrong, also what only another server can tell', async () => {
    const form = withFields(createSourceForm(undefined, 'hr'), {
      url: { required: true, validator: { required: true, message: 'Give the address.' } },
      team: { validator: async (value?: string) => (value === 'a' ? '' : 'There is no such team.') },
    });
    set(form, 'team', 'b');
    expect(await problemsOf(form.validate())).toEqual(['Give the address.', 'There is no such team.']);
    expect(await problemsOf(form.submit())).toHaveLength(2);
    set(form, 'url', 'x');
    set(form, 'team', 'a');
    expect(await problemsOf(form.submit())).toEqual([]);
  });

  it.each([
    ['is stored, and is not asked for again', ['secret', 'proxy.password'], []],
    ['is not stored, and is asked for', [], ['Give the secret.', 'Give the password.']],
  ])('may require a secret: one that %s', async (_, secretsSet, problems) => {
    const form = withFields(createSourceForm(source({ secretsSet }), 'hr'), {
      secret: { validator: { required: true, message: 'Give the secret.' } },
    });
    form.createObjectField({ name: 'proxy', basePath: 'options' });
    form.createField({
      name: 'password',
      basePath: 'options.proxy',
      validator: { required: true, message: 'Give the password.' },
    });
    expect(await problemsOf(form.submit())).toEqual(problems);
    expect(await problemsOf(form.validate())).toEqual(problems);
  });

  it('checks a secret that is typed anew', async () => {
    const form = withFields(createSourceForm(source({ secretsSet: ['secret'] }), 'hr'), {
      secret: { validator: { min: 8, message: 'Too short.' } },
    });
    set(form, 'secret', 'abc');
    expect(await problemsOf(form.submit())).toEqual(['Too short.']);
  });

  it('that breaks down says so', async () => {
    await expect(problemsOf(Promise.reject(new Error('Broken')))).rejects.toThrow('Broken');
  });
});
