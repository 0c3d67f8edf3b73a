import { Button, Flex } from 'antd';
import { saveFile } from '../format';
import type { Task } from '../model';
import { usePage } from '../page-context';
import { WRAPPING } from '../parts/wrapping';
import { useNotify } from '../parts/use-notify';

/** Hands out what became of the records of a run, and what was delivered to it. */
export function TaskDownloads({ taskId }: { readonly taskId: Task['id'] }) {
  const { api, t } = usePage();
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
      <Button style={WRAPPING} onClick={() => void save(() => api.payload(taskId), `sync-task-${taskId}.jsonl`)}>
        {t('Download what was delivered')}
      </Button>
    </Flex>
  );
}
