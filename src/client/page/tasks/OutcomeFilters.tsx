import { SearchOutlined } from '@ant-design/icons';
import { Button, Flex, Input, Select } from 'antd';
import { OUTCOME_ACTIONS, type OutcomeFilter, type Task } from '../model';
import { usePage } from '../page-context';
import { targetTitle } from '../parts/target-title';

/** What of a task's outcomes is looked for. */
export type OutcomeChoice = Omit<OutcomeFilter, 'taskId' | 'attempt'>;

interface OutcomeFiltersProps {
  readonly task: Task;
  readonly onChange: (change: OutcomeChoice) => void;
}

/** Which records of a run are listed. */
export function OutcomeFilters({ task, onChange }: OutcomeFiltersProps) {
  const { t } = usePage();
  return (
    <Flex gap={8} wrap style={{ marginBottom: 16 }}>
      <Input.Search
        allowClear
        aria-label={t('Search by uid or name')}
        placeholder={t('Search by uid or name')}
        style={{ maxWidth: 260 }}
        enterButton={<Button icon={<SearchOutlined aria-hidden />} aria-label={t('Search')} />}
        onSearch={(search) => onChange({ search })}
      />
      <Select<string[]>
        mode="multiple"
        allowClear
        aria-label={t('Outcome')}
        placeholder={t('Outcome')}
        style={{ minWidth: 180 }}
        options={OUTCOME_ACTIONS.map((action) => ({ value: action, label: t(`outcome.${action}`) }))}
        onChange={(action) => onChange({ action })}
      />
      <Select<string>
        allowClear
        aria-label={t('Target')}
        placeholder={t('Target')}
        style={{ minWidth: 140 }}
        options={outcomeTargets(task).map((target) => ({ value: target, label: targetTitle(target, t) }))}
        onChange={(target) => onChange({ target })}
      />
    </Flex>
  );
}

/** Memberships are counted apart, but their outcomes are those of the target of departments. */
function outcomeTargets({ counts }: Task): string[] {
  return Object.keys(counts ?? {}).filter((target) => target !== 'memberships');
}
