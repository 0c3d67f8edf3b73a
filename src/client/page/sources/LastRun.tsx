import { Button, Flex, Typography } from 'antd';
import { tabAddress } from '../address';
import type { Source, Task } from '../model';
import { usePage } from '../page-context';
import { Ago } from '../parts/Ago';
import { TaskCounts } from '../parts/TaskCounts';
import { LongText } from '../parts/LongText';
import { OpenTask } from '../parts/OpenTask';
import { heldBecause, reasonOf } from '../parts/reason';
import { RunProgress } from '../parts/RunProgress';
import { StatusTag } from '../parts/StatusTag';
import { hasFailed, isBlocked, isRunning } from '../task-state';
import { sourceTitle } from './titles';

/** How the last run of a source went or how far it is, a newer preview, and the runs that wait for approval. */
export function LastRun({ source }: { readonly source: Source }) {
  const { t } = usePage();
  const { lastTask, lastPreview, blockedTaskIds } = source;
  return (
    <Flex vertical gap={4} align="start">
      {lastTask ? <Run task={lastTask} /> : <Typography.Text type="secondary">{t('Never')}</Typography.Text>}
      {lastPreview && <Preview task={lastPreview} />}
      {blockedTaskIds.length > 0 && <Review source={source} />}
    </Flex>
  );
}

function Run({ task }: { readonly task: Task }) {
  const { t } = usePage();
  if (isRunning(task)) return <RunProgress task={task} />;
  return (
    <>
      <StatusLine task={task} />
      {task.code ? (
        <LongText rows={4}>
          <Typography.Text type={hasFailed(task) ? 'danger' : undefined}>
            {isBlocked(task) ? heldBecause(task, t) : reasonOf(task, t)}
          </Typography.Text>
        </LongText>
      ) : (
        task.counts && <TaskCounts task={task} />
      )}
    </>
  );
}

/** A preview says nothing about how the source stands, so it gets no more than a line. */
const Preview = ({ task }: { readonly task: Task }) =>
  isRunning(task) ? <RunProgress task={task} /> : <StatusLine task={task} />;

/** How a run ended and when; the status opens the run. */
function StatusLine({ task }: { readonly task: Task }) {
  return (
    <Flex gap={4} align="center" wrap>
      <OpenTask task={task}>
        <StatusTag task={task} />
      </OpenTask>
      <Typography.Text type={task.dryRun ? 'secondary' : undefined}>
        <Ago time={task.finishedAt ?? task.createdAt} />
      </Typography.Text>
    </Flex>
  );
}

/** The newest run that waits is opened; several are listed. */
function Review({ source }: { readonly source: Source }) {
  const { t, goTo, openTask } = usePage();
  const { id, blockedTaskIds } = source;
  const [newest, ...others] = blockedTaskIds;
  const review = () =>
    others.length === 0 ? openTask(newest) : goTo({ ...tabAddress('history'), source: String(id), status: 'blocked' });
  return (
    <Flex gap={8} align="center" wrap>
      <Typography.Text type="warning">
        {t('Runs that need approval: {{count}}', { count: blockedTaskIds.length })}
      </Typography.Text>
      <Button size="small" danger onClick={review} aria-label={`${t('Review')} ${sourceTitle(source, t)}`}>
        {t('Review')}
      </Button>
    </Flex>
  );
}
