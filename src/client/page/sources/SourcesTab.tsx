import { PlusOutlined } from '@ant-design/icons';
import { Button, Dropdown, Flex, Switch, Tooltip, Typography, type TableColumnsType } from 'antd';
import { useMemo, useRef, useState } from 'react';
import { formatAgo, formatTime } from '../format';
import { isRunning, type Source, type SourceType } from '../model';
import { usePage } from '../page-context';
import { LoadedTable } from '../parts/LoadedTable';
import { PageDrawer } from '../parts/PageDrawer';
import { RunProgress } from '../parts/RunProgress';
import { reasonOf } from '../parts/reason';
import { StatusTag } from '../parts/StatusTag';
import { TaskCounts } from '../parts/CountsSummary';
import { useNotify } from '../parts/use-notify';
import { TasksTable } from '../tasks/TasksTable';
import { RUNNING_INTERVAL, useLoad } from '../use-load';
import { useTaskEvents } from '../use-task-events';
import { DeleteSourceDialog } from './DeleteSourceDialog';
import { HttpApiPanel } from './HttpApiPanel';
import { SourceDrawer, type EditedSource } from './SourceDrawer';
import { BUILT_IN_SOURCE, sourceTitle, typeTitle } from './titles';

/** Where data comes from: what there is, how its last run went, and what can be done with it. */
export function SourcesTab() {
  const { api, t } = usePage();
  const notify = useNotify();
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

  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (failure) {
      notify.failed(failure);
    }
    reload();
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
        columns={useColumns({ types, attempt, onEdit: setEdited, onShow: setShown, onDelete: setDeleting })}
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
          onConfirm={() => {
            setDeleting(undefined);
            void attempt(() => api.deleteSource(deleting.id));
          }}
        />
      )}
      {shown && (
        <PageDrawer
          onClose={() => setShown(undefined)}
          width={1200}
          title={t('Tasks of {{source}}', { source: sourceTitle(shown, t) })}
        >
          {shown.sourceType === 'api' && <HttpApiPanel sourceName={shown.name} />}
          <TasksTable source={shown} onChange={reload} />
        </PageDrawer>
      )}
    </>
  );
}

interface ColumnDeps {
  readonly types: readonly SourceType[];
  readonly attempt: (work: () => Promise<unknown>) => Promise<void>;
  readonly onEdit: (edited: EditedSource) => void;
  readonly onShow: (source: Source) => void;
  readonly onDelete: (source: Source) => void;
}

function useColumns({ types, attempt, onEdit, onShow, onDelete }: ColumnDeps): TableColumnsType<Source> {
  const { api, t } = usePage();
  const typeOf = (source: Source) => types.find(({ name }) => name === source.sourceType);
  return [
    {
      title: t('Name'),
      key: 'name',
      render: (_, source) => (
        <Flex vertical>
          <Typography.Text strong>{sourceTitle(source, t)}</Typography.Text>
          {source.displayName && <Typography.Text type="secondary">{source.name}</Typography.Text>}
        </Flex>
      ),
    },
    {
      title: t('Type'),
      key: 'type',
      render: (_, source) => {
        const type = typeOf(source);
        if (type) return typeTitle(type, t);
        return <Typography.Text type="warning">{t('{{type}} (unknown)', { type: source.sourceType })}</Typography.Text>;
      },
    },
    {
      title: t('Enabled'),
      key: 'enabled',
      render: (_, source) => (
        <Switch
          checked={source.enabled}
          aria-label={t('Enabled: {{source}}', { source: sourceTitle(source, t) })}
          onChange={(enabled) => void attempt(() => api.updateSource(source.id, { enabled }))}
        />
      ),
    },
    { title: t('Last run'), key: 'lastRun', render: (_, { lastTask }) => <LastRun task={lastTask} /> },
    {
      title: t('Actions'),
      key: 'actions',
      render: (_, source) => (
        <Flex gap={12} wrap>
          {source.enabled && typeOf(source)?.isPullable && (
            <ActionLink
              label={t('Sync')}
              disabled={isRunning(source.lastTask)}
              onClick={() => void attempt(() => api.sync(source.name))}
            />
          )}
          {source.enabled && <ActionLink label={t('Tasks')} onClick={() => onShow(source)} />}
          <ActionLink label={t('Configure')} onClick={() => onEdit({ type: typeOf(source), source })} />
          {source.name !== BUILT_IN_SOURCE && (
            <ActionLink label={t('Delete')} danger onClick={() => onDelete(source)} />
          )}
        </Flex>
      ),
    },
  ];
}

interface ActionLinkProps {
  readonly label: string;
  readonly disabled?: boolean;
  readonly danger?: boolean;
  readonly onClick: () => void;
}

function ActionLink({ label, ...props }: ActionLinkProps) {
  return (
    <Button type="link" style={{ padding: 0 }} {...props}>
      {label}
    </Button>
  );
}

function LastRun({ task }: { readonly task: Source['lastTask'] }) {
  const { t, locale } = usePage();
  if (!task) return <Typography.Text type="secondary">{t('Never')}</Typography.Text>;
  if (isRunning(task)) return <RunProgress task={task} />;
  const time = task.finishedAt ?? task.createdAt;
  return (
    <Flex vertical gap={4}>
      <Flex gap={4} align="center">
        <StatusTag status={task.status} />
        <Tooltip title={formatTime(time, locale)}>
          <time dateTime={time}>{formatAgo(time, locale)}</time>
        </Tooltip>
      </Flex>
      {task.code ? (
        <Typography.Text type="danger" style={{ maxWidth: 260, whiteSpace: 'normal' }}>
          {reasonOf(task, t)}
        </Typography.Text>
      ) : (
        task.counts && <TaskCounts counts={task.counts} />
      )}
    </Flex>
  );
}

interface AddButtonProps {
  /** Missing until they have been loaded. */
  readonly types?: readonly SourceType[];
  readonly onAdd: (type: SourceType) => void;
}

function AddButton({ types, onAdd }: AddButtonProps) {
  const { t } = usePage();
  const button = useRef<HTMLButtonElement>(null);
  const add = (type: SourceType) => {
    // The menu is about to go; what opens next gives the focus back to the button.
    button.current?.focus();
    onAdd(type);
  };
  const items = (types ?? []).map((type) => ({
    key: type.name,
    label: typeTitle(type, t),
    onClick: () => add(type),
  }));
  const none = [
    {
      key: 'none',
      disabled: true,
      label: t('No source types. Enable a plugin that brings one, such as LDAP or WeCom, in the plugin manager.'),
    },
  ];
  return (
    <Dropdown trigger={['click']} autoFocus disabled={!types} menu={{ items: items.length > 0 ? items : none }}>
      <Button ref={button} type="primary" icon={<PlusOutlined aria-hidden />} disabled={!types}>
        {t('Add new')}
      </Button>
    </Dropdown>
  );
}
