import { Drawer, Grid } from 'antd';
import { useEffect, useRef, type PropsWithChildren, type ReactNode } from 'react';
import { usePage } from '../page-context';
import { LongText } from './LongText';
import { useReturnFocus } from './use-return-focus';

type PageDrawerProps = PropsWithChildren<{
  readonly title: string;
  /** In pixels; on a narrow screen the drawer is as wide as that. */
  readonly width: number;
  readonly onClose: () => void;
  readonly extra?: ReactNode;
  readonly footer?: ReactNode;
  /** Whether the first field takes the focus; otherwise the drawer itself does. */
  readonly focusesField?: boolean;
  /** When this changes and what had the focus went with it, the drawer takes the focus again. */
  readonly contentKey?: string;
}>;

/** A drawer that takes the focus when it appears and, when it goes, gives it back to what opened it. */
export function PageDrawer({
  title,
  width,
  onClose,
  extra,
  footer,
  focusesField,
  contentKey,
  children,
}: PageDrawerProps) {
  const { t } = usePage();
  const { md: isWide } = Grid.useBreakpoint();
  useReturnFocus();
  return (
    <Drawer
      open
      autoFocus={false}
      onClose={onClose}
      width={`min(${width}px, 100vw)`}
      title={
        <LongText rows={2}>
          <h2 style={{ margin: 0, font: 'inherit' }}>{title}</h2>
        </LongText>
      }
      aria-label={title}
      closable={{ 'aria-label': t('Close') }}
      extra={isWide && extra}
      footer={footer}
    >
      <TakeFocus inField={focusesField} contentKey={contentKey}>
        {!isWide && extra && <div style={{ marginBottom: 16 }}>{extra}</div>}
        {children}
      </TakeFocus>
    </Drawer>
  );
}

/**
 * Waits for a frame: when fields are made and effects run, the drawer is not in the document yet. Who was quicker and is
 * in another field already stays there.
 */
function TakeFocus({
  inField,
  contentKey,
  children,
}: PropsWithChildren<{ readonly inField?: boolean; readonly contentKey?: string }>) {
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const dialog = body.current?.closest<HTMLElement>('[role="dialog"]');
    if (dialog) dialog.tabIndex = -1;
    const field = inField && body.current?.querySelector<HTMLElement>('input:not([disabled])');
    const frame = requestAnimationFrame(() => {
      const isTaken = dialog !== document.activeElement && dialog?.contains(document.activeElement);
      if (!isTaken) (field || dialog)?.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [inField]);
  useEffect(() => {
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (isLost) body.current?.closest<HTMLElement>('[role="dialog"]')?.focus({ preventScroll: true });
  }, [contentKey]);
  return <div ref={body}>{children}</div>;
}
