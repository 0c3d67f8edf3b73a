import { Empty, Pagination, Table, type TableColumnsType } from 'antd';
import type { Id, Page } from '../model';
import type { Loaded } from '../use-load';
import { ErrorNotice } from './ErrorNotice';
import { RowCards } from './RowCards';
import { useIsNarrow } from './use-is-narrow';
import { useKeepFocus } from './use-keep-focus';

/** Which page of a table is shown; pages are cut on the server. */
export interface Paging {
  readonly page: number;
  readonly pageSize: number;
}

export const FIRST_PAGE: Paging = { page: 1, pageSize: 20 };

/** In px. With less than that the columns would be a word wide. */
const CARDS_BELOW = 640;

interface LoadedTableProps<T> {
  /** What the table is called by those who cannot see it. */
  readonly label: string;
  readonly loaded: Loaded<Page<T>>;
  /** With widths that leave each column room in a table of 640 px: nothing scrolls sideways. */
  readonly columns: TableColumnsType<T>;
  /** Explains why there is nothing. */
  readonly empty: string;
  readonly size?: 'small' | 'middle';
  readonly paging?: Paging;
  readonly onPaging?: (paging: Paging) => void;
}

/** Rows from the server: on their way, failed with a way to try again, none with an explanation, or there. */
export function LoadedTable<T extends { readonly id: Id }>({
  label,
  loaded: { data, error, pending, reload },
  columns,
  empty,
  size,
  paging,
  onPaging,
}: LoadedTableProps<T>) {
  const section = useKeepFocus<HTMLElement>(data);
  const isNarrow = useIsNarrow(section, CARDS_BELOW);
  const pages = paging !== undefined && {
    current: paging.page,
    pageSize: paging.pageSize,
    total: data?.count ?? 0,
    showSizeChanger: true,
    onChange: (page: number, pageSize: number) => onPaging?.({ page, pageSize }),
  };
  const asCards = isNarrow && !!data?.rows.length;
  return (
    <section ref={section} tabIndex={-1} style={{ outline: 'none' }} aria-label={label} aria-busy={pending}>
      {error && <ErrorNotice error={error} onRetry={reload} />}
      {asCards && (
        <>
          <RowCards rows={data.rows} columns={columns} loading={pending} />
          {pages && <Pagination {...pages} size="small" align="center" style={{ marginTop: 16 }} />}
        </>
      )}
      {!asCards && (data || !error) && (
        <Table<T>
          rowKey="id"
          size={size}
          columns={columns}
          dataSource={data?.rows}
          loading={pending}
          tableLayout="fixed"
          showHeader={!isNarrow}
          locale={{ emptyText: data ? <Empty description={empty} /> : ' ' }}
          pagination={pages}
        />
      )}
    </section>
  );
}
