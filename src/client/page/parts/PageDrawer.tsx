import { Drawer } from 'antd';
import type { PropsWithChildren, ReactNode } from 'react';
import { usePage } from '../page-context';
import { useReturnFocus } from './use-return-focus';

type PageDrawerProps = PropsWithChildren<{
  readonly title: string;
  /** In pixels; on a narrow screen the drawer is as wide as that. */
  readonly width: number;
  readonly onClose: () => void;
  readonly extra?: ReactNode;
  readonly footer?: ReactNode;
  /** Whether a field in the drawer takes the focus by itself; otherwise the drawer does. */
  readonly focusesField?: boolean;
}>;

/** A drawer that takes the focus when it appears and, when it goes, gives it back to what opened it. */
export function PageDrawer({ title, width, onClose, extra, footer, focusesField, children }: PageDrawerProps) {
  const { t } = usePage();
  useReturnFocus();
  return (
    <Drawer
      open
      autoFocus={!focusesField}
      onClose={onClose}
      width={`min(${width}px, 100vw)`}
      title={title}
      aria-label={title}
      closable={{ 'aria-label': t('Close') }}
      extra={extra}
      footer={footer}
    >
      {children}
    </Drawer>
  );
}
