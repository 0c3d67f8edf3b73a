import { Typography } from 'antd';
import { formatValue } from '../format';
import type { Outcome } from '../model';
import { usePage } from '../page-context';
import { LongText } from './LongText';
import { VisuallyHidden } from './VisuallyHidden';

/** Each field that changed, with its old and its new value. */
export function Changes({ changes }: Pick<Outcome, 'changes'>) {
  const { t } = usePage();
  const fields = Object.entries(changes ?? {});
  if (fields.length === 0) return null;
  return (
    <ul style={{ margin: 0, paddingInlineStart: 16 }}>
      {fields.map(([field, { old, new: next }]) => (
        <li key={field}>
          <LongText rows={4}>
            <Typography.Text strong>{field}</Typography.Text>{' '}
            {/* Readers do not tell that a text is struck through, nor what an arrow means. */}
            <span aria-hidden>
              <Typography.Text delete type="secondary">
                {formatValue(old)}
              </Typography.Text>
              {' → '}
              {formatValue(next)}
            </span>
            <VisuallyHidden>
              {t('before: {{value}}', { value: formatValue(old) })}, {t('now: {{value}}', { value: formatValue(next) })}
            </VisuallyHidden>
          </LongText>
        </li>
      ))}
    </ul>
  );
}
