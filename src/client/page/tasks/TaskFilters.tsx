import { ReloadOutlined } from '@ant-design/icons';
import { Button, DatePicker, Flex, Select } from 'antd';
import dayjs from 'dayjs';
import { TASK_STATUSES, type TaskStatus } from '../../../common/tasks';
import type { Source, TaskFilter } from '../model';
import { usePage } from '../page-context';
import { FILTER } from '../parts/filter-style';
import { sourceTitle } from '../sources/titles';

interface TaskFiltersProps {
  /** The sources to choose from; without any there is no choice. */
  readonly sources?: readonly Source[];
  readonly filter: TaskFilter;
  readonly onChange: (change: Partial<TaskFilter>) => void;
  readonly onRefresh: () => void;
}

/** Which runs are listed. */
export function TaskFilters({ sources, filter, onChange, onRefresh }: TaskFiltersProps) {
  const { t } = usePage();
  return (
    <Flex gap={8} wrap style={{ marginBottom: 16 }}>
      <DatePicker.RangePicker
        style={FILTER}
        panelRender={(panel) => <div style={{ maxWidth: 'calc(100vw - 16px)', overflowX: 'auto' }}>{panel}</div>}
        aria-label={t('Time range')}
        placeholder={[t('From'), t('To')]}
        value={filter.from && filter.to ? [dayjs(filter.from), dayjs(filter.to)] : null}
        onChange={(range) =>
          onChange({ from: range?.[0]?.startOf('day').toISOString(), to: range?.[1]?.endOf('day').toISOString() })
        }
      />
      <Select<TaskStatus[]>
        mode="multiple"
        allowClear
        aria-label={t('Status')}
        placeholder={t('Status')}
        value={[...(filter.status ?? [])]}
        style={FILTER}
        options={TASK_STATUSES.map((status) => ({ value: status, label: t(`status.${status}`) }))}
        onChange={(status) => onChange({ status })}
      />
      <Select<'runs' | 'previews'>
        allowClear
        aria-label={t('Runs and previews')}
        placeholder={t('Runs and previews')}
        value={filter.dryRun === undefined ? undefined : filter.dryRun ? 'previews' : 'runs'}
        style={FILTER}
        options={[
          { value: 'runs', label: t('Only runs') },
          { value: 'previews', label: t('Only previews') },
        ]}
        onChange={(kind) => onChange({ dryRun: kind === undefined ? undefined : kind === 'previews' })}
      />
      {sources && (
        <Select<string>
          allowClear
          showSearch
          optionFilterProp="label"
          aria-label={t('Source')}
          placeholder={t('Source')}
          value={filter.sourceId === undefined ? undefined : String(filter.sourceId)}
          style={FILTER}
          options={sources.map(({ id, name, displayName }) => ({
            value: String(id),
            label: sourceTitle({ name, displayName }, t),
          }))}
          onChange={(sourceId) => onChange({ sourceId })}
        />
      )}
      <Button icon={<ReloadOutlined aria-hidden />} onClick={onRefresh} aria-label={t('Refresh')} />
    </Flex>
  );
}
