import { Modal } from 'antd';
import type { Source } from '../model';
import { usePage } from '../page-context';
import { useReturnFocus } from '../parts/use-return-focus';
import { sourceTitle } from './titles';

interface DeleteSourceDialogProps {
  readonly source: Source;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before a source is deleted, and says what stays. */
export function DeleteSourceDialog({ source, onConfirm, onClose }: DeleteSourceDialogProps) {
  const { t } = usePage();
  useReturnFocus();
  return (
    <Modal
      open
      closable={false}
      title={t('Delete the source {{source}}?', { source: sourceTitle(source, t) })}
      okText={t('Delete')}
      cancelText={t('Cancel')}
      okButtonProps={{ danger: true }}
      // What cannot be undone takes more than pressing Enter twice.
      cancelButtonProps={{ autoFocus: true }}
      onOk={onConfirm}
      onCancel={onClose}
    >
      {t('Users and departments that it brought in stay. A new source of the same name takes them over.')}
    </Modal>
  );
}
