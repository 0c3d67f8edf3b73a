import { createContext, useContext, type PropsWithChildren } from 'react';

type Options = Record<string, unknown>;
type Listener = (form: Form) => void;

/** As much of a Formily form as the page's surroundings for foreign forms touch. */
export class Form {
  values: { options: Options };
  private readonly listeners: Listener[] = [];

  constructor(initialValues: { options?: Options }, effects: () => void) {
    this.values = { options: { ...initialValues.options } };
    registering = this;
    effects();
    registering = undefined;
  }

  listen(listener: Listener): void {
    this.listeners.push(listener);
  }

  setOption(name: string, value: unknown): void {
    this.values.options[name] = value;
    for (const listener of this.listeners) listener(this);
  }
}

let registering: Form | undefined;
const FormContext = createContext<Form | undefined>(undefined);

export function createForm(props: { initialValues: { options?: Options }; effects: () => void }): Form {
  return new Form(props.initialValues, props.effects);
}

export function onFormValuesChange(effect: Listener): void {
  registering?.listen(effect);
}

export function FormProvider({ form, children }: PropsWithChildren<{ form: Form }>) {
  return <FormContext.Provider value={form}>{children}</FormContext.Provider>;
}

export function useForm(): Form {
  const form = useContext(FormContext);
  if (!form) throw new Error('Only below a FormProvider');
  return form;
}
