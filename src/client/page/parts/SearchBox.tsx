import { SearchOutlined } from '@ant-design/icons';
import { Button, Input } from 'antd';
import { useEffect, useState } from 'react';
import { usePage } from '../page-context';
import { FILTER } from './filter-style';

interface SearchBoxProps {
  /** What is searched by. */
  readonly label: string;
  /** What is searched for now. */
  readonly value?: string;
  readonly onSearch: (search: string) => void;
}

/** Searches on the server when Enter or the button is pressed, and when it is emptied. */
export function SearchBox({ label, value = '', onSearch }: SearchBoxProps) {
  const { t } = usePage();
  const [text, setText] = useState(value);
  // The browser's Back brings back what was searched for before.
  useEffect(() => setText(value), [value]);
  return (
    <Input.Search
      allowClear
      aria-label={label}
      placeholder={label}
      style={FILTER}
      enterButton={<Button icon={<SearchOutlined aria-hidden />} aria-label={t('Search')} />}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onSearch={(search) => onSearch(search.trim())}
    />
  );
}
