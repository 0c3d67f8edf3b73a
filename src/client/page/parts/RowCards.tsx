import { Flex, Spin, theme, type TableColumnsType } from 'antd';
import type { Key, ReactNode } from 'react';

type Column<T> = TableColumnsType<T>[number];

interface RowCardsProps<T> {
  readonly columns: TableColumnsType<T>;
  readonly rows: readonly T[];
  readonly loading: boolean;
}

/** The rows of a table where it would be too wide: a card for each, with the columns below each other. */
export function RowCards<T extends { readonly id: Key }>({ columns, rows, loading }: RowCardsProps<T>) {
  const { token } = theme.useToken();
  const frame = {
    padding: token.padding,
    border: `${token.lineWidth}px solid ${token.colorBorderSecondary}`,
    borderRadius: token.borderRadiusLG,
  };
  return (
    <Spin spinning={loading}>
      <Flex component="ul" vertical gap={12} role="list" style={{ listStyle: 'none', margin: 0, padding: 0 }}>
        {rows.map((row) => (
          <li key={row.id} data-row-key={row.id} style={frame}>
            <Flex component="dl" vertical gap={8} style={{ margin: 0 }}>
              {columns.map((column) => (
                <Flex key={column.key} wrap gap="0 8px">
                  <dt style={{ flex: '1 1 90px', color: token.colorTextSecondary }}>{column.title as ReactNode}</dt>
                  <dd style={{ flex: '3 1 150px', minWidth: 0, margin: 0, overflowWrap: 'anywhere' }}>
                    {cell(column, row)}
                  </dd>
                </Flex>
              ))}
            </Flex>
          </li>
        ))}
      </Flex>
    </Spin>
  );
}

/** What a table would show; the columns of the page draw from the row, and need neither a value nor a position. */
function cell<T>(column: Column<T>, row: T): ReactNode {
  return column.render?.(undefined, row, 0) as ReactNode;
}
