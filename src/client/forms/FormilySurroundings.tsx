import { createForm, onFormValuesChange } from '@formily/core';
import { FormProvider } from '@formily/react';
import { useMemo } from 'react';
import type { FormSurroundingsProps } from '../page/host';

/** Forms that other plugins wrote for the legacy client are schemas of Formily, with their fields below `options`. */
export function FormilySurroundings({ options, onChange, children }: FormSurroundingsProps) {
  const form = useMemo(
    () =>
      createForm({
        initialValues: { options: { ...options } },
        effects: () => onFormValuesChange(({ values }) => onChange({ ...values.options })),
      }),
    [options, onChange],
  );
  return <FormProvider form={form}>{children}</FormProvider>;
}
