import { theme, type GlobalToken } from 'antd';
import { useSyncExternalStore, type PropsWithChildren } from 'react';
import type { ListedUsers } from './listed-users';

const AREA = 'user-data-sync-marked-users';

type MarkedUsersProps = PropsWithChildren<{
  readonly users: ListedUsers;
  /** What stands beside the name. */
  readonly label: string;
}>;

/**
 * Marks those who are disabled in the tables of users below it. The host offers no way to add a column or to draw a cell,
 * so the mark is a style: it finds a row by the id that antd writes to it, and changes nothing of what the host has drawn.
 * Should the host draw its list in another way one day, the mark is missing and everything else goes on.
 */
export function MarkedUsers({ users, label, children }: MarkedUsersProps) {
  const ids = useSyncExternalStore(users.subscribe, users.disabledIds);
  const { token } = theme.useToken();
  return (
    <div className={AREA} style={{ display: 'contents' }}>
      {ids.length > 0 && <style>{markStyle(ids, label, token)}</style>}
      {children}
    </div>
  );
}

/** Looks like a red tag of antd, behind what the first cell of the row says, which is the name. */
function markStyle(ids: readonly string[], label: string, token: GlobalToken): string {
  const rows = ids.map((id) => `tr[data-row-key=${JSON.stringify(id)}]`).join();
  const name = `.${AREA} :is(${rows}) > td:nth-child(1 of :not(.ant-table-selection-column))`;
  return `
${name} { white-space: normal; }
${name} * { display: inline; }
${name}::after {
  content: ${JSON.stringify(label)};
  display: inline-block;
  margin-inline-start: ${token.marginXS}px;
  padding-inline: ${token.paddingXS - 1}px;
  border: 1px solid ${token.colorErrorBorder};
  border-radius: ${token.borderRadiusSM}px;
  background: ${token.colorErrorBg};
  color: ${token.colorError};
  font-size: ${token.fontSizeSM}px;
  line-height: ${token.lineHeightSM * token.fontSizeSM}px;
  white-space: nowrap;
}`;
}
