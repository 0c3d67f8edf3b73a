import { Button } from 'antd';
import type { PropsWithChildren } from 'react';
import type { Task } from '../model';
import { usePage } from '../page-context';

/** Opens a run; what is inside is what can be pressed. */
export function OpenTask({ task, children }: PropsWithChildren<{ readonly task: Pick<Task, 'id'> }>) {
  const { t, openTask } = usePage();
  return (
    <Button
      type="text"
      size="small"
      style={{ padding: 0, height: 'auto' }}
      title={t('Task {{id}}', { id: task.id })}
      onClick={() => openTask(task.id)}
    >
      {children}
    </Button>
  );
}
