import { Flex, Modal } from 'antd';
import type { PropsWithChildren, ReactNode } from 'react';
import { usePage } from '../page-context';
import { useReturnFocus } from './use-return-focus';

type ConfirmDialogProps = PropsWithChildren<{
  readonly title: string;
  /** What the button says that does it. */
  readonly okText: string;
  /** What the button says that does nothing. Default: Cancel. */
  readonly cancelText?: string;
  readonly danger?: boolean;
  readonly okDisabled?: boolean;
  /** While it is being done. */
  readonly busy?: boolean;
  /** Stands before the two buttons. */
  readonly extra?: ReactNode;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}>;

/** Asks before something is done; the button that does nothing has the focus. */
export function ConfirmDialog({
  title,
  okText,
  cancelText,
  danger,
  okDisabled,
  busy,
  extra,
  onConfirm,
  onClose,
  children,
}: ConfirmDialogProps) {
  const { t } = usePage();
  useReturnFocus();
  return (
    <Modal
      open
      closable={false}
      title={title}
      okText={okText}
      cancelText={cancelText ?? t('Cancel')}
      okButtonProps={{ danger, disabled: okDisabled, 'aria-label': okText }}
      confirmLoading={busy}
      // What cannot be undone takes more than pressing Enter twice.
      cancelButtonProps={{ autoFocus: true }}
      footer={(buttons) => (
        <Flex gap={8} wrap justify="end">
          {extra}
          {buttons}
        </Flex>
      )}
      onOk={onConfirm}
      onCancel={onClose}
    >
      {children}
    </Modal>
  );
}
