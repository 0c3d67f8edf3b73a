import { Empty, Flex, Input, Select, Table, Tag, Typography, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { formatValue } from '../format';
import { isRunning, OUTCOME_ACTIONS, type Outcome, type Task } from '../model';
import { usePage } from '../page-context';
import { ErrorNotice } from '../parts/ErrorNotice';
import { reasonOf } from '../parts/reason';
import { RUNNING_INTERVAL, useLoad } from '../use-load';

const colors: Record<Outcome['action'], string> = {
  created: 'green',
  linked: 'cyan',
  updated: 'blue',
  unlinked: 'default',
  deleted: 'volcano',
  failed: 'red',
};

/** Every record of a run that was not simply unchanged; filters, search and pages are on the server. */
export function OutcomesTable({ task }: { readonly task: Task }) {
  const { api, t, links } = usePage();
  const [filter, setFilter] = useState<{ action?: string[]; target?: string; search?: string }>({});
  const [paging, setPaging] = useState({ page: 1, pageSize: 20 });
  const wanted = { taskId: task.id, attempt: task.attempt ?? 1, ...filter };
  const { data, error, loading, reload } = useLoad(
    () => api.outcomes(wanted, paging.page, paging.pageSize),
    JSON.stringify([wanted, paging, task.status]),
    () => (isRunning(task) ? RUNNING_INTERVAL : undefined),
  );
  const change = (next: typeof filter) => {
    setFilter({ ...filter, ...next });
    setPaging({ ...paging, page: 1 });
  };

  const columns: TableColumnsType<Outcome> = [
    { title: t('Target'), key: 'target', render: (_, { target }) => t(`target.${target}`) },
    { title: t('Uid'), dataIndex: 'uid' },
    {
      title: t('Name'),
      key: 'name',
      render: (_, { name, target, action, rowId }) =>
        target === 'users' && rowId && action !== 'deleted' ? (
          <a href={links.users} title={t('Open the list of users')}>
            {name}
          </a>
        ) : (
          name
        ),
    },
    {
      title: t('Outcome'),
      key: 'action',
      render: (_, { action }) => <Tag color={colors[action]}>{t(`outcome.${action}`)}</Tag>,
    },
    { title: t('Reason'), key: 'reason', render: (_, outcome) => reasonOf(outcome, t), width: 320 },
    { title: t('Changes'), key: 'changes', render: (_, { changes }) => <Changes changes={changes} /> },
  ];

  return (
    <>
      <Flex gap={8} wrap style={{ marginBottom: 16 }}>
        <Input.Search
          allowClear
          aria-label={t('Search by uid or name')}
          placeholder={t('Search by uid or name')}
          style={{ maxWidth: 260 }}
          onSearch={(search) => change({ search })}
        />
        <Select
          mode="multiple"
          allowClear
          aria-label={t('Outcome')}
          placeholder={t('Outcome')}
          style={{ minWidth: 180 }}
          options={OUTCOME_ACTIONS.map((action) => ({ value: action, label: t(`outcome.${action}`) }))}
          onChange={(action) => change({ action })}
        />
        <Select
          allowClear
          aria-label={t('Target')}
          placeholder={t('Target')}
          style={{ minWidth: 140 }}
          options={Object.keys(task.counts ?? {}).map((target) => ({ value: target, label: t(`target.${target}`) }))}
          onChange={(target) => change({ target })}
        />
      </Flex>
      {error && <ErrorNotice error={error} onRetry={reload} />}
      <Table<Outcome>
        rowKey="id"
        size="small"
        columns={columns}
        dataSource={data?.rows}
        loading={loading && !data}
        scroll={{ x: 'max-content' }}
        locale={{ emptyText: <Empty description={t('No record was changed, and none failed.')} /> }}
        pagination={{
          current: paging.page,
          pageSize: paging.pageSize,
          total: data?.count ?? 0,
          showSizeChanger: true,
          onChange: (page, pageSize) => setPaging({ page, pageSize }),
        }}
      />
    </>
  );
}

function Changes({ changes }: { readonly changes: Outcome['changes'] }) {
  const { t } = usePage();
  const fields = Object.entries(changes ?? {});
  if (fields.length === 0) return null;
  return (
    <ul style={{ margin: 0, paddingInlineStart: 16 }}>
      {fields.map(([field, { old, new: next }]) => (
        <li key={field}>
          <Typography.Text strong>{field}</Typography.Text>{' '}
          <Typography.Text delete type="secondary" aria-label={t('before: {{value}}', { value: formatValue(old) })}>
            {formatValue(old)}
          </Typography.Text>{' '}
          →{' '}
          <Typography.Text aria-label={t('now: {{value}}', { value: formatValue(next) })}>
            {formatValue(next)}
          </Typography.Text>
        </li>
      ))}
    </ul>
  );
}
