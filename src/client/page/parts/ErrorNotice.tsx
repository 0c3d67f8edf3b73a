import { Alert, Button } from 'antd';
import { usePage } from '../page-context';

/** Says what failed and offers to try again. */
export function ErrorNotice({ error, onRetry }: { readonly error: Error; readonly onRetry?: () => void }) {
  const { t } = usePage();
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      message={t('The data could not be loaded.')}
      description={error.message}
      action={onRetry && <Button onClick={onRetry}>{t('Try again')}</Button>}
      style={{ marginBottom: 16 }}
    />
  );
}
