import { FormLayout } from '@formily/antd-v5';
import { ObjectField } from '@formily/react';
import { ActionContextProvider, FormProvider, RecordProvider } from '@nocobase/client';
import { Form } from 'antd';
import { useEffect, useImperativeHandle, useMemo, useRef } from 'react';
import type { FormSurroundingsProps } from '../page/host';
import { applyChanges, createSourceForm, problemsOf } from './formily-form';

/**
 * What the built-in page of the legacy client has around the form of a type: a Formily form of the whole source, with
 * the type's fields in its object field `options`, the record, and the action that opened it. The components that
 * schemas name come from the host's `FormProvider`; Formily's own one has none.
 */
export function FormilySurroundings({ source, sourceType, foreignForm, onClose, children }: FormSurroundingsProps) {
  const form = useMemo(() => createSourceForm(source, sourceType), [source, sourceType]);
  const place = useRef<HTMLDivElement>(null);
  useFollow(form);
  useImperativeHandle(foreignForm, () => {
    const isFine = async (validation: unknown) => {
      const problems = await problemsOf(validation);
      if (problems.length > 0 && !(await showProblem(place.current))) throw new Error(problems.join(' '));
      return problems.length === 0;
    };
    return {
      applyTo: (options) => applyChanges(form, { ...source?.options }, options),
      validate: () => isFine(form.validate()),
      submit: () => isFine(form.submit()),
    };
  }, [form, source]);

  const action = useMemo(() => ({ visible: true, setVisible: (visible: boolean) => visible || onClose() }), [onClose]);
  const surrounded = (
    <ActionContextProvider value={action}>
      <FormProvider form={form}>
        <FormLayout layout="vertical" colon={false}>
          <ObjectField name="options">{() => children}</ObjectField>
        </FormLayout>
      </FormProvider>
    </ActionContextProvider>
  );
  return <div ref={place}>{source ? <RecordProvider record={source}>{surrounded}</RecordProvider> : surrounded}</div>;
}

/** Lets the form know what is typed in the page's own fields. */
function useFollow(form: ReturnType<typeof createSourceForm>): void {
  const own = Form.useFormInstance();
  const name = Form.useWatch<unknown>('name', own);
  const displayName = Form.useWatch<unknown>('displayName', own);
  const enabled = Form.useWatch<unknown>('enabled', own);
  useEffect(() => {
    for (const [field, value] of Object.entries({ name, displayName, enabled }))
      if (value !== undefined) form.setValuesIn(field, value);
  }, [form, name, displayName, enabled]);
}

/** Goes to the first field that can be seen to be wrong. Whether there is one: others are in tabs that are not open. */
async function showProblem(place: HTMLElement | null): Promise<boolean> {
  await new Promise(requestAnimationFrame);
  const marked = [...(place?.querySelectorAll<HTMLElement>('[class*="formily-item-error"]') ?? [])];
  const wrong = marked.find((field) => field.getClientRects().length > 0);
  wrong?.scrollIntoView({ block: 'nearest' });
  wrong?.querySelector<HTMLElement>('input, textarea, [tabindex]')?.focus();
  return wrong !== undefined;
}
