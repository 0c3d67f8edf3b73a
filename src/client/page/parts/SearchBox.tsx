import { SearchOutlined } from '@ant-design/icons';
import { Button, Input } from 'antd';
import { usePage } from '../page-context';
import { FILTER } from './filter-style';

interface SearchBoxProps {
  /** What is searched by. */
  readonly label: string;
  readonly onSearch: (search: string) => void;
}

/** Searches on the server when Enter or the button is pressed, and when it is emptied. */
export function SearchBox({ label, onSearch }: SearchBoxProps) {
  const { t } = usePage();
  return (
    <Input.Search
      allowClear
      aria-label={label}
      placeholder={label}
      style={FILTER}
      enterButton={<Button icon={<SearchOutlined aria-hidden />} aria-label={t('Search')} />}
      onSearch={(search) => onSearch(search.trim())}
    />
  );
}
