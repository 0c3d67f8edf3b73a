import { PlusOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import { useRef } from 'react';
import type { SourceType } from '../model';
import { usePage } from '../page-context';
import { typeTitle } from './titles';

interface AddButtonProps {
  /** Missing until they have been loaded. */
  readonly types?: readonly SourceType[];
  readonly onAdd: (type: SourceType) => void;
}

/** Adds a source of one of the types. */
export function AddButton({ types, onAdd }: AddButtonProps) {
  const { t } = usePage();
  const button = useRef<HTMLButtonElement>(null);
  const add = (type: SourceType) => {
    // The menu is about to go; what opens next gives the focus back to the button.
    button.current?.focus();
    onAdd(type);
  };
  const items = (types ?? []).map((type) => ({
    key: type.name,
    label: typeTitle(type, t),
    onClick: () => add(type),
  }));
  const none = [
    {
      key: 'none',
      disabled: true,
      label: t('No source types. Enable a plugin that provides one, such as LDAP or WeCom, in the plugin manager.'),
    },
  ];
  return (
    <Dropdown trigger={['click']} autoFocus disabled={!types} menu={{ items: items.length > 0 ? items : none }}>
      <Button ref={button} type="primary" icon={<PlusOutlined aria-hidden />} disabled={!types}>
        {t('Add new')}
      </Button>
    </Dropdown>
  );
}
