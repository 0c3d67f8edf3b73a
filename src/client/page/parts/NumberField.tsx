import { Form, InputNumber, type FormItemProps, type InputNumberProps } from 'antd';
import { usePage } from '../page-context';

interface NumberFieldProps extends Pick<FormItemProps, 'name' | 'extra' | 'style'> {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  /** Whether it may have digits after the point. */
  readonly fraction?: boolean;
  /** Whether it may be left empty. */
  readonly optional?: boolean;
  readonly addonAfter?: InputNumberProps['addonAfter'];
}

/** A number in a form. What is out of bounds is said: silently set to the next bound, it would not be what was meant. */
export function NumberField({ label, min, max, fraction, optional, addonAfter, ...item }: NumberFieldProps) {
  const { t } = usePage();
  const expected = t(fraction ? 'expected.numberBetween' : 'expected.wholeNumberBetween', { min, max });
  const rules: FormItemProps['rules'] = [
    { required: !optional, message: t('Enter a number.') },
    { type: 'number', min, max, message: t('error.VALUE_INVALID', { path: label, expected }) },
  ];
  return (
    <Form.Item {...item} label={label} rules={rules}>
      <InputNumber precision={fraction ? undefined : 0} addonAfter={addonAfter} style={{ width: '100%' }} />
    </Form.Item>
  );
}
