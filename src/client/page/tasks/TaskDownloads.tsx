import { Button, Flex } from 'antd';
import { saveFile } from '../format';
import type { Task } from '../model';
import { usePage } from '../page-context';
import { WRAPPING } from '../parts/wrapping';
import { useNotify } from '../parts/use-notify';

/** Hands out what became of the records of a run, and what was delivered to it. */
export function TaskDownloads({ task }: { readonly task: Task }) {
  const { api, t } = usePage();
  const { id: taskId, total, receivedAt } = task;
  const notify = useNotify();
  const save = async (load: () => Promise<Blob>, name: string) => {
    try {
      saveFile(await load(), name);
    } catch (failure) {
      notify.failed(failure);
    }
  };
  return (
    <Flex gap={8} wrap style={{ margin: '16px 0' }}>
      <Button style={WRAPPING} onClick={() => void save(() => api.outcomesCsv(taskId), `sync-task-${taskId}.csv`)}>
        {t('Download records as CSV')}
      </Button>
      {/* A run that broke before anything came has nothing to hand out. */}
      {(receivedAt || (total ?? 0) > 0) && (
        <Button style={WRAPPING} onClick={() => void save(() => api.payload(taskId), `sync-task-${taskId}.jsonl`)}>
          {t('Download delivered data')}
        </Button>
      )}
    </Flex>
  );
}
