import { Flex, Typography } from 'antd';
import { useMemo, useState } from 'react';
import { API_SOURCE_TYPE } from '../../../common/sources';
import type { Source } from '../model';
import { usePage } from '../page-context';
import { LoadedTable } from '../parts/LoadedTable';
import { PageDrawer } from '../parts/PageDrawer';
import { useAttempt } from '../parts/use-attempt';
import { isRunning } from '../task-state';
import { TasksTable } from '../tasks/TasksTable';
import { RUNNING_INTERVAL, useLoad } from '../use-load';
import { useRunNews } from '../use-run-news';
import { useTaskEvents } from '../use-task-events';
import { AddButton } from './AddButton';
import { DeleteSourceDialog, type DeleteWay } from './DeleteSourceDialog';
import { HttpApiPanel } from './HttpApiPanel';
import { useSourceColumns } from './source-columns';
import { SourceDrawer, type EditedSource } from './SourceDrawer';
import { sourceTitle } from './titles';

/** Where data comes from: what there is, how its last run went, and what can be done with it. */
export function SourcesTab() {
  const { api, t, openTask } = usePage();
  const attempt = useAttempt();
  const [edited, setEdited] = useState<EditedSource>();
  const [shown, setShown] = useState<Source>();
  const [deleting, setDeleting] = useState<Source>();
  const loaded = useLoad(
    async () => ({ types: await api.sourceTypes(), sources: await api.sources() }),
    'sources',
    (found) => (found?.sources.some(({ lastTask }) => isRunning(lastTask)) ? RUNNING_INTERVAL : undefined),
  );
  const { data, reload } = loaded;
  useTaskEvents(reload);
  const types = data?.types ?? [];
  const sources = useMemo(() => data && { rows: data.sources, count: data.sources.length }, [data]);
  useRunNews(
    useMemo(
      () =>
        data?.sources.flatMap((source) =>
          source.lastTask ? [{ title: sourceTitle(source, t), task: source.lastTask }] : [],
        ),
      [data, t],
    ),
    true,
  );
  const remove = async ({ id }: Source, way: DeleteWay) => {
    if (way === 'letGo') await api.deleteSource(id);
    else openTask(await api.purge(id, { dryRun: way === 'preview' }));
  };

  return (
    <>
      <Flex justify="space-between" gap={8} wrap style={{ marginBottom: 16 }}>
        <Typography.Text type="secondary">
          {t('A source brings users and departments from another system. What it brings in belongs to it.')}
        </Typography.Text>
        <AddButton types={data?.types} onAdd={(type) => setEdited({ type })} />
      </Flex>
      <LoadedTable
        label={t('Sources')}
        loaded={{ ...loaded, data: sources }}
        columns={useSourceColumns({ types, attempt, onEdit: setEdited, onShow: setShown, onDelete: setDeleting })}
        size="middle"
        empty={t('No sources yet. Add one to begin.')}
      />
      {edited && (
        <SourceDrawer
          edited={edited}
          onClose={() => setEdited(undefined)}
          onSaved={() => {
            setEdited(undefined);
            reload();
          }}
        />
      )}
      {deleting && (
        <DeleteSourceDialog
          source={deleting}
          onClose={() => setDeleting(undefined)}
          onDelete={(way) => {
            setDeleting(undefined);
            void attempt(() => remove(deleting, way));
          }}
        />
      )}
      {shown && (
        <PageDrawer
          onClose={() => setShown(undefined)}
          width={1200}
          title={t('Tasks of {{source}}', { source: sourceTitle(shown, t) })}
        >
          {shown.sourceType === API_SOURCE_TYPE && <HttpApiPanel sourceName={shown.name} />}
          <TasksTable source={shown} />
        </PageDrawer>
      )}
    </>
  );
}
