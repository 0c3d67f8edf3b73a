import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { AutoComplete, Button, Flex, Form, Input, Select } from 'antd';
import { useId, useRef } from 'react';
import { SCOPE_OPERATORS, type RemovalPolicy, type ScopeCondition } from '../../../../common/rules';
import { usePage } from '../../page-context';

/** Fields that are often asked for; any other that the source delivers can be typed in. */
const SUGGESTED: Readonly<Record<RecordKind, readonly string[]>> = {
  users: ['uid', 'nickname', 'username', 'email', 'phone'],
  departments: ['uid', 'title', 'parentUid'],
};

const NEW_CONDITION: ScopeCondition = { field: '', operator: 'equals', value: '' };

/** The two kinds of records, for which conditions stand apart. */
type RecordKind = keyof RemovalPolicy;

interface ConditionRowsProps {
  readonly kind: RecordKind;
  readonly label: string;
}

/** The conditions on records of one kind. */
export function ConditionRows({ kind, label }: ConditionRowsProps) {
  const { t } = usePage();
  const id = useId();
  const addButton = useRef<HTMLButtonElement>(null);
  const hasAdded = useRef(false);
  return (
    <div role="group" aria-labelledby={id} style={{ marginBottom: 24 }}>
      <div id={id} style={{ marginBottom: 8 }}>
        {label}
      </div>
      <Form.List name={['rules', 'scope', kind]}>
        {(rows, { add, remove }) => (
          <>
            {rows.map(({ key, name }) => (
              <ConditionRow
                key={key}
                name={name}
                kind={kind}
                takesFocus={hasAdded.current}
                onRemove={() => {
                  // The button that was pressed goes with its row.
                  addButton.current?.focus();
                  remove(name);
                }}
              />
            ))}
            <Button
              ref={addButton}
              type="dashed"
              icon={<PlusOutlined aria-hidden />}
              onClick={() => {
                hasAdded.current = true;
                add(NEW_CONDITION);
              }}
            >
              {t('Add condition')}
            </Button>
          </>
        )}
      </Form.List>
    </div>
  );
}

interface ConditionRowProps {
  /** Where it stands in the list, from 0. */
  readonly name: number;
  readonly kind: RecordKind;
  /** Whether somebody has just added it. */
  readonly takesFocus: boolean;
  readonly onRemove: () => void;
}

function ConditionRow({ name, kind, takesFocus, onRemove }: ConditionRowProps) {
  const { t } = usePage();
  const number = name + 1;
  return (
    <Flex gap={8} wrap style={{ marginBottom: 8 }}>
      <Form.Item
        name={[name, 'field']}
        rules={[{ required: true, whitespace: true, message: t('Enter a field.') }]}
        style={{ flex: '2 1 120px', marginBottom: 0 }}
      >
        <AutoComplete
          autoFocus={takesFocus}
          aria-label={t('Field of condition {{number}}', { number })}
          placeholder={t('Field')}
          options={SUGGESTED[kind].map((value) => ({ value }))}
        />
      </Form.Item>
      <Form.Item name={[name, 'operator']} style={{ flex: '1 1 120px', marginBottom: 0 }}>
        <Select
          aria-label={t('Comparison of condition {{number}}', { number })}
          popupMatchSelectWidth={false}
          options={SCOPE_OPERATORS.map((value) => ({ value, label: t(`operator.${value}`) }))}
        />
      </Form.Item>
      <Form.Item name={[name, 'value']} style={{ flex: '2 1 120px', marginBottom: 0 }}>
        <Input aria-label={t('Value of condition {{number}}', { number })} placeholder={t('Value')} />
      </Form.Item>
      <Button
        icon={<DeleteOutlined aria-hidden />}
        aria-label={t('Remove condition {{number}}', { number })}
        onClick={onRemove}
      />
    </Flex>
  );
}
