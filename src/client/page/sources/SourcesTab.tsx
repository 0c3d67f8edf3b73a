import { PlusOutlined } from '@ant-design/icons';
import {
  App,
  Button,
  Drawer,
  Dropdown,
  Empty,
  Flex,
  Popconfirm,
  Switch,
  Table,
  Tooltip,
  Typography,
  type TableColumnsType,
} from 'antd';
import { useState } from 'react';
import { formatAgo, formatTime } from '../format';
import { isRunning, type Source, type SourceType } from '../model';
import { usePage } from '../page-context';
import { ErrorNotice } from '../parts/ErrorNotice';
import { RunProgress } from '../parts/RunProgress';
import { StatusTag } from '../parts/StatusTag';
import { TaskCounts } from '../parts/CountsSummary';
import { TasksTable } from '../tasks/TasksTable';
import { RUNNING_INTERVAL, useLoad } from '../use-load';
import { useTaskEvents } from '../use-task-events';
import { HttpApiPanel } from './HttpApiPanel';
import { SourceDrawer, type EditedSource } from './SourceDrawer';
import { BUILT_IN_SOURCE, sourceTitle, typeTitle } from './titles';

/** Where data comes from: what there is, how its last run went, and what can be done with it. */
export function SourcesTab() {
  const { api, t } = usePage();
  const { message } = App.useApp();
  const [edited, setEdited] = useState<EditedSource>();
  const [shown, setShown] = useState<Source>();
  const { data, error, loading, reload } = useLoad(
    async () => ({ types: await api.sourceTypes(), sources: await api.sources() }),
    'sources',
    (loaded) => (loaded?.sources.some(({ lastTask }) => isRunning(lastTask)) ? RUNNING_INTERVAL : undefined),
  );
  useTaskEvents(reload);
  const types = data?.types ?? [];

  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (failure) {
      message.error((failure as Error).message);
    }
    reload();
  };

  return (
    <>
      <Flex justify="space-between" gap={8} wrap style={{ marginBottom: 16 }}>
        <Typography.Text type="secondary">
          {t('A source brings users and departments from another system. What it brings in belongs to it.')}
        </Typography.Text>
        <AddButton types={types} onAdd={(type) => setEdited({ type })} />
      </Flex>
      {error && <ErrorNotice error={error} onRetry={reload} />}
      <Table<Source>
        rowKey="id"
        columns={useColumns({ types, attempt, onEdit: setEdited, onShow: setShown })}
        dataSource={data?.sources}
        loading={loading && !data}
        pagination={false}
        scroll={{ x: 'max-content' }}
        locale={{ emptyText: <Empty description={t('No sources yet. Add one to begin.')} /> }}
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
      {shown && (
        <Drawer
          open
          onClose={() => setShown(undefined)}
          width="min(1200px, 100vw)"
          title={t('Tasks of {{source}}', { source: sourceTitle(shown, t) })}
        >
          {shown.sourceType === 'api' && <HttpApiPanel sourceName={shown.name} />}
          <TasksTable source={shown} onChange={reload} />
        </Drawer>
      )}
    </>
  );
}

interface ColumnDeps {
  readonly types: readonly SourceType[];
  readonly attempt: (work: () => Promise<unknown>) => Promise<void>;
  readonly onEdit: (edited: EditedSource) => void;
  readonly onShow: (source: Source) => void;
}

function useColumns({ types, attempt, onEdit, onShow }: ColumnDeps): TableColumnsType<Source> {
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
            <Popconfirm
              title={t('Delete the source {{source}}?', { source: sourceTitle(source, t) })}
              description={t(
                'Users and departments that it brought in stay. A new source of the same name takes them over.',
              )}
              okText={t('Delete')}
              cancelText={t('Cancel')}
              okButtonProps={{ danger: true }}
              onConfirm={() => attempt(() => api.deleteSource(source.id))}
            >
              <Button type="link" danger style={{ padding: 0 }}>
                {t('Delete')}
              </Button>
            </Popconfirm>
          )}
        </Flex>
      ),
    },
  ];
}

function ActionLink({ label, ...props }: { readonly label: string; readonly disabled?: boolean; onClick(): void }) {
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
      {task.counts && <TaskCounts counts={task.counts} />}
    </Flex>
  );
}

function AddButton({ types, onAdd }: { readonly types: readonly SourceType[]; onAdd(type: SourceType): void }) {
  const { t } = usePage();
  const items = types.map((type) => ({ key: type.name, label: typeTitle(type, t), onClick: () => onAdd(type) }));
  const none = [
    {
      key: 'none',
      disabled: true,
      label: t('No source types. Enable a plugin that brings one, such as LDAP or WeCom, in the plugin manager.'),
    },
  ];
  return (
    <Dropdown trigger={['click']} menu={{ items: items.length > 0 ? items : none }}>
      <Button type="primary" icon={<PlusOutlined />}>
        {t('Add new')}
      </Button>
    </Dropdown>
  );
}
