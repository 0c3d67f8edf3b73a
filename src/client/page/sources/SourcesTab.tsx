import { Flex, Typography } from 'antd';
import { useMemo, useState } from 'react';
import { API_SOURCE_TYPE } from '../../../common/sources';
import type { Source } from '../model';
import { usePage } from '../page-context';
import { LoadedTable } from '../parts/LoadedTable';
import { PageDrawer } from '../parts/PageDrawer';
import { useAttempt } from '../parts/use-attempt';
import { isBusy } from '../task-state';
import { SourceTasks } from '../tasks/SourceTasks';
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
  const { api, t, address, goTo, openTask } = usePage();
  const attempt = useAttempt();
  const [edited, setEdited] = useState<EditedSource>();
  const [deleting, setDeleting] = useState<Source>();
  const known = useLoad(() => api.sourceTypes(), 'types');
  const loaded = useLoad(
    () => api.sources(),
    'sources',
    (found) => (found?.some(isBusy) ? RUNNING_INTERVAL : undefined),
  );
  const { data, reload } = loaded;
  useTaskEvents(reload);
  const types = known.data ?? [];
  const shown = data?.find(({ id }) => String(id) === address.source);
  const sources = useMemo(() => data && known.data && { rows: data, count: data.length }, [data, known.data]);
  const retry = () => [known, loaded].forEach((one) => one.reload());
  useRunNews(
    useMemo(
      () =>
        data?.flatMap((source) =>
          [source.lastTask, source.lastPreview].flatMap((task) =>
            task ? [{ title: sourceTitle(source, t), task }] : [],
          ),
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
          {t('Sources import users and departments. Each source manages only the records it imported.')}
        </Typography.Text>
        <AddButton types={known.data} onAdd={(type) => setEdited({ type })} />
      </Flex>
      <LoadedTable
        label={t('Sources')}
        loaded={{ ...loaded, data: sources, error: loaded.error ?? known.error, reload: retry }}
        columns={useSourceColumns({
          types,
          attempt,
          onEdit: setEdited,
          onShow: ({ id }) => goTo({ source: String(id) }),
          onDelete: setDeleting,
        })}
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
          onClose={() => goTo({ source: undefined })}
          width={1200}
          title={t('Tasks of {{source}}', { source: sourceTitle(shown, t) })}
        >
          {shown.sourceType === API_SOURCE_TYPE && <HttpApiPanel sourceName={shown.name} />}
          <SourceTasks source={shown} />
        </PageDrawer>
      )}
    </>
  );
}
