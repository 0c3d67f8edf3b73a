import { SearchOutlined } from '@ant-design/icons';
import { Button, Flex, Input, Select, Tag, Typography, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { formatValue } from '../format';
import { isRunning, OUTCOME_ACTIONS, type Outcome, type Task } from '../model';
import { usePage } from '../page-context';
import { FIRST_PAGE, LoadedTable } from '../parts/LoadedTable';
import { reasonOf } from '../parts/reason';
import { outcomeTitle, targetTitle } from '../parts/target-title';
import { VisuallyHidden } from '../parts/VisuallyHidden';
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
  const [paging, setPaging] = useState(FIRST_PAGE);
  const wanted = { taskId: task.id, attempt: task.attempt ?? 1, ...filter };
  const loaded = useLoad(
    () => api.outcomes(wanted, paging.page, paging.pageSize),
    JSON.stringify([wanted, paging, task.status]),
    () => (isRunning(task) ? RUNNING_INTERVAL : undefined),
  );
  const change = (next: typeof filter) => {
    setFilter({ ...filter, ...next });
    setPaging({ ...paging, page: 1 });
  };

  const isFiltered = Boolean(filter.action?.length || filter.target || filter.search);
  const columns: TableColumnsType<Outcome> = [
    { title: t('Target'), key: 'target', render: (_, outcome) => outcomeTitle(outcome, t) },
    { title: t('Uid'), dataIndex: 'uid' },
    {
      title: t('Name'),
      key: 'name',
      render: (_, { uid, name, target, action, rowId }) =>
        target === 'users' && rowId && action !== 'deleted' ? (
          <a href={links.users} title={t('Open the list of users')}>
            {name || uid}
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
    {
      title: t('Reason'),
      key: 'reason',
      render: (_, outcome) => <div style={{ maxWidth: 360, whiteSpace: 'normal' }}>{reasonOf(outcome, t)}</div>,
    },
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
          enterButton={<Button icon={<SearchOutlined aria-hidden />} aria-label={t('Search')} />}
          onSearch={(search) => change({ search })}
        />
        <Select<string[]>
          mode="multiple"
          allowClear
          aria-label={t('Outcome')}
          placeholder={t('Outcome')}
          style={{ minWidth: 180 }}
          options={OUTCOME_ACTIONS.map((action) => ({ value: action, label: t(`outcome.${action}`) }))}
          onChange={(action) => change({ action })}
        />
        <Select<string>
          allowClear
          aria-label={t('Target')}
          placeholder={t('Target')}
          style={{ minWidth: 140 }}
          options={outcomeTargets(task).map((target) => ({ value: target, label: targetTitle(target, t) }))}
          onChange={(target) => change({ target })}
        />
      </Flex>
      <LoadedTable
        label={t('Outcome')}
        loaded={loaded}
        columns={columns}
        size="small"
        empty={isFiltered ? t('Nothing matches the filter.') : t('No record was changed, and none failed.')}
        paging={paging}
        onPaging={setPaging}
      />
    </>
  );
}

function Changes({ changes }: { readonly changes: Outcome['changes'] }) {
  const { t } = usePage();
  const fields = Object.entries(changes ?? {});
  if (fields.length === 0) return null;
  return (
    <ul style={{ margin: 0, paddingInlineStart: 16, maxWidth: 360, overflowWrap: 'anywhere' }}>
      {fields.map(([field, { old, new: next }]) => (
        <li key={field}>
          <Typography.Text strong>{field}</Typography.Text>{' '}
          {/* Readers do not tell that a text is struck through, nor what an arrow means. */}
          <span aria-hidden>
            <Typography.Text delete type="secondary">
              {formatValue(old)}
            </Typography.Text>
            {' → '}
            {formatValue(next)}
          </span>
          <VisuallyHidden>
            {t('before: {{value}}', { value: formatValue(old) })}, {t('now: {{value}}', { value: formatValue(next) })}
          </VisuallyHidden>
        </li>
      ))}
    </ul>
  );
}

/** Memberships are counted apart, but their outcomes are those of the target of departments. */
function outcomeTargets({ counts }: Task): string[] {
  return Object.keys(counts ?? {}).filter((target) => target !== 'memberships');
}
