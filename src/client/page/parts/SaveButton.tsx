import { Button } from 'antd';
import { usePage } from '../page-context';

interface SaveButtonProps {
  /** While it is being saved. */
  readonly busy: boolean;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}

/** Saves a form that stands elsewhere in the drawer. */
export function SaveButton({ busy, ...props }: SaveButtonProps) {
  const { t } = usePage();
  return (
    // Without a label the sign that something goes on would be part of the name.
    <Button {...props} type="primary" loading={busy} aria-label={t('Save')}>
      {t('Save')}
    </Button>
  );
}
