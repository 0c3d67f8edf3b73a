import type { FormInstance } from 'antd';
import { useState, type ReactNode } from 'react';
import { usePage } from '../page-context';
import { ConfirmDialog } from './ConfirmDialog';

/** Closes a form, and asks first when what was entered would be lost. `question` has to be shown. */
export function useDiscard<T>(
  form: FormInstance<T>,
  onClose: () => void,
): { readonly close: () => void; readonly question: ReactNode } {
  const { t } = usePage();
  const [asking, setAsking] = useState(false);
  return {
    close: () => (form.isFieldsTouched() ? setAsking(true) : onClose()),
    question: asking && (
      <ConfirmDialog
        danger
        title={t('Discard your changes?')}
        okText={t('Discard')}
        cancelText={t('Keep editing')}
        onClose={() => setAsking(false)}
        onConfirm={onClose}
      >
        {t('What you entered is not saved.')}
      </ConfirmDialog>
    ),
  };
}
