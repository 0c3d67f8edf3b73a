import { ReloadOutlined } from '@ant-design/icons';
import { Button, DatePicker, Flex, Grid, Select, Typography, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { formatAgo, formatDuration, formatTime } from '../format';
import {
  isRetryable,
  isRunning,
  TASK_STATUSES,
  type Source,
  type Task,
  type TaskFilter,
  type TaskStatus,
} from '../model';
import type { Translate } from '../host';
import { usePage } from '../page-context';
import { sourceTitle } from '../sources/titles';
import { FIRST_PAGE, LoadedTable } from '../parts/LoadedTable';
import { reasonOf } from '../parts/reason';
import { startedBy } from '../parts/started-by';
import { RunProgress } from '../parts/RunProgress';
import { RunsChart } from '../parts/RunsChart';
import { StatusTag } from '../parts/StatusTag';
import { TaskCounts } from '../parts/CountsSummary';
import { useNotify } from '../parts/use-notify';
import { RUNNING_INTERVAL, useLoad } from '../use-load';
import { useTaskEvents } from '../use-task-events';
import { TaskDrawer } from './TaskDrawer';

interface TasksTableProps {
  /** Only the tasks of this source; otherwise those of all, with a filter. */
  readonly source?: Source;
  readonly sources?: readonly Source[];
  /** Something changed that others may show, too. */
  readonly onChange?: () => void;
}

/** Runs, newest first, with filters and pages on the server. */
export function TasksTable({ source, sources = [], onChange }: TasksTableProps) {
  const { api, t, locale } = usePage();
  const notify = useNotify();
  const [filter, setFilter] = useState<TaskFilter>({});
  const [paging, setPaging] = useState(FIRST_PAGE);
  const [opened, setOpened] = useState<Task['id']>();
  const wanted = source ? { ...filter, sourceId: source.id } : filter;
  const loaded = useLoad(
    () => api.tasks(wanted, paging.page, paging.pageSize),
    JSON.stringify([wanted, paging]),
    (found) => (found?.rows.some(isRunning) ? RUNNING_INTERVAL : undefined),
  );
  const { data, reload } = loaded;
  useTaskEvents(reload);

  const change = (next: Partial<TaskFilter>) => {
    setFilter({ ...filter, ...next });
    setPaging({ ...paging, page: 1 });
  };
  const retry = async (task: Task) => {
    try {
      await api.retry(task);
      onChange?.();
    } catch (failure) {
      notify.failed(failure);
    }
    reload();
  };

  const isFiltered = Boolean(filter.status?.length || filter.sourceId !== undefined || filter.from);
  const { md: wide } = Grid.useBreakpoint();
  const columns: TableColumnsType<Task> = [
    {
      title: t('Started'),
      key: 'started',
      render: (_, task) => (
        <Button
          type="link"
          style={{ padding: 0, height: 'auto', textAlign: 'start' }}
          onClick={() => setOpened(task.id)}
        >
          <time dateTime={task.startedAt ?? task.createdAt} title={formatAgo(task.startedAt ?? task.createdAt, locale)}>
            {formatTime(task.startedAt ?? task.createdAt, locale)}
          </time>
        </Button>
      ),
    },
    ...(source ? [] : [sourceColumn(t)]),
    { title: t('Status'), key: 'status', render: (_, task) => <StatusTag status={task.status} /> },
    {
      title: t('Result'),
      key: 'result',
      render: (_, task) => (isRunning(task) ? <RunProgress task={task} /> : <TaskCounts counts={task.counts} />),
    },
    { title: t('Duration'), key: 'cost', render: (_, task) => formatDuration(task.cost, locale) },
    {
      title: t('Started by'),
      key: 'trigger',
      render: (_, task) => startedBy(task, t),
    },
    {
      title: t('Message'),
      key: 'message',
      render: (_, task) => (
        <Typography.Paragraph ellipsis={{ rows: 2, tooltip: true }} style={{ marginBottom: 0, maxWidth: 320 }}>
          {reasonOf(task, t)}
        </Typography.Paragraph>
      ),
    },
    {
      title: t('Actions'),
      key: 'actions',
      fixed: wide ? 'right' : undefined,
      render: (_, task) => (
        <Flex gap={12}>
          <Button type="link" style={{ padding: 0 }} onClick={() => setOpened(task.id)}>
            {t('Details')}
          </Button>
          {isRetryable(task) && (
            <Button type="link" style={{ padding: 0 }} onClick={() => void retry(task)}>
              {t('Retry')}
            </Button>
          )}
        </Flex>
      ),
    },
  ];

  return (
    <>
      <Flex gap={8} wrap style={{ marginBottom: 16 }}>
        <DatePicker.RangePicker
          aria-label={t('Time range')}
          placeholder={[t('From'), t('To')]}
          onChange={(range) =>
            change({ from: range?.[0]?.startOf('day').toISOString(), to: range?.[1]?.endOf('day').toISOString() })
          }
        />
        <Select<TaskStatus[]>
          mode="multiple"
          allowClear
          aria-label={t('Status')}
          placeholder={t('Status')}
          style={{ minWidth: 160 }}
          options={TASK_STATUSES.map((status) => ({ value: status, label: t(`status.${status}`) }))}
          onChange={(status) => change({ status })}
        />
        {!source && (
          <Select<Source['id']>
            allowClear
            showSearch
            optionFilterProp="label"
            aria-label={t('Source')}
            placeholder={t('Source')}
            style={{ minWidth: 160 }}
            options={sources.map(({ id, name, displayName }) => ({
              value: id,
              label: sourceTitle({ name, displayName }, t),
            }))}
            onChange={(sourceId) => change({ sourceId })}
          />
        )}
        <Button icon={<ReloadOutlined aria-hidden />} onClick={reload} aria-label={t('Refresh')} />
      </Flex>
      {source && data && <RunsChart tasks={data.rows} />}
      <LoadedTable
        label={t('Tasks')}
        loaded={loaded}
        columns={columns}
        size="middle"
        empty={isFiltered ? t('Nothing matches the filter.') : t('No runs yet. Press Sync on a source, or push to it.')}
        paging={paging}
        onPaging={setPaging}
      />
      {opened !== undefined && <TaskDrawer taskId={opened} onClose={() => setOpened(undefined)} onRetry={retry} />}
    </>
  );
}

const sourceColumn = (t: Translate): TableColumnsType<Task>[number] => ({
  title: t('Source'),
  key: 'source',
  render: (_, { source }) => (source ? sourceTitle(source, t) : '–'),
});
