import { Button, Flex, Radio, Typography } from 'antd';
import { useId, useState } from 'react';
import type { Source } from '../model';
import { usePage } from '../page-context';
import { ConfirmDialog } from '../parts/ConfirmDialog';
import { sourceTitle } from './titles';

/** What to do with imported users and departments: unlink, remove, or preview the removal. */
export type DeleteWay = 'letGo' | 'remove' | 'preview';

interface DeleteSourceDialogProps {
  readonly source: Source;
  readonly onDelete: (way: DeleteWay) => void;
  readonly onClose: () => void;
}

/** Asks before a source is deleted what to do with the imported users and departments. */
export function DeleteSourceDialog({ source, onDelete, onClose }: DeleteSourceDialogProps) {
  const { t } = usePage();
  const [way, setWay] = useState<DeleteWay>('letGo');
  const removes = way === 'remove';
  return (
    <ConfirmDialog
      danger
      title={t('Delete the source {{source}}?', { source: sourceTitle(source, t) })}
      okText={removes ? t('Remove and delete') : t('Delete')}
      extra={removes && <Button onClick={() => onDelete('preview')}>{t('Preview')}</Button>}
      onConfirm={() => onDelete(way)}
      onClose={onClose}
    >
      <Radio.Group
        aria-label={t('What to do with the imported users and departments')}
        value={way}
        onChange={({ target }) => setWay(target.value as DeleteWay)}
      >
        <Flex vertical gap={12}>
          <Radio value="letGo">{t('Unlink users and departments (keep as is)')}</Radio>
          <ExplainedChoice
            value="remove"
            label={t('Remove the imported users and departments')}
            explanation={t(
              'A run deletes the users and departments that the source created, and then the source. Users that existed before the source are kept. If the run would delete many, it needs approval first.',
            )}
          />
        </Flex>
      </Radio.Group>
    </ConfirmDialog>
  );
}

interface ExplainedChoiceProps {
  readonly value: DeleteWay;
  readonly label: string;
  readonly explanation: string;
}

function ExplainedChoice({ value, label, explanation }: ExplainedChoiceProps) {
  const id = useId();
  return (
    <div>
      <Radio value={value} aria-describedby={id}>
        {label}
      </Radio>
      <Typography.Text id={id} type="secondary" style={{ display: 'block', paddingInlineStart: 24 }}>
        {explanation}
      </Typography.Text>
    </div>
  );
}
