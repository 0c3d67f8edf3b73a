import {
  CheckCircleOutlined,
  ClockCircleOutlined,
  CloseCircleOutlined,
  ExclamationCircleOutlined,
  EyeOutlined,
  MinusCircleOutlined,
  PauseCircleOutlined,
  SyncOutlined,
} from '@ant-design/icons';
import type { ReactNode } from 'react';
import type { TaskStatus } from '../../../common/tasks';
import type { Task } from '../model';
import { usePage } from '../page-context';
import { SignTag } from './SignTag';
import { isRejected } from '../task-state';

/** Each status has a colour, an icon and a word: no colour is the only sign. */
const looks: Record<TaskStatus, { color: string; icon: ReactNode }> = {
  init: { color: 'default', icon: <ClockCircleOutlined aria-hidden /> },
  processing: { color: 'processing', icon: <SyncOutlined spin aria-hidden /> },
  success: { color: 'success', icon: <CheckCircleOutlined aria-hidden /> },
  partially_failed: { color: 'warning', icon: <ExclamationCircleOutlined aria-hidden /> },
  failed: { color: 'error', icon: <CloseCircleOutlined aria-hidden /> },
  canceled: { color: 'default', icon: <MinusCircleOutlined aria-hidden /> },
  blocked: { color: 'warning', icon: <PauseCircleOutlined aria-hidden /> },
};

/** How a run stands, and whether it is a preview. */
export function StatusTag({ task }: { readonly task: Pick<Task, 'status' | 'code' | 'dryRun'> }) {
  const { t } = usePage();
  const { status, dryRun } = task;
  const { color, icon } = looks[status] ?? looks.init;
  return (
    <span>
      <SignTag color={color} icon={icon}>
        {isRejected(task) ? t('status.rejected') : t(`status.${status}`)}
      </SignTag>
      {dryRun && (
        <SignTag color="purple" icon={<EyeOutlined aria-hidden />}>
          {t('Preview')}
        </SignTag>
      )}
    </span>
  );
}
