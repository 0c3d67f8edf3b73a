import { Checkbox, Flex, Select } from 'antd';
import { KEPT_ACTIONS } from '../../../common/outcomes';
import type { OutcomeFilter, Task } from '../model';
import { usePage } from '../page-context';
import { FILTER } from '../parts/filter-style';
import { SearchBox } from '../parts/SearchBox';
import { targetTitle } from '../parts/target-title';
import { isPlanned } from '../task-state';

/** What of a task's outcomes is looked for. */
export type OutcomeChoice = Omit<OutcomeFilter, 'taskId' | 'attempt'> & Partial<Pick<OutcomeFilter, 'attempt'>>;

/** Who should go and did not. */
const NOT_REMOVED: OutcomeChoice = { action: ['failed'], kind: 'removal' };

interface OutcomeFiltersProps {
  readonly task: Task;
  readonly value: OutcomeChoice;
  readonly onChange: (change: OutcomeChoice) => void;
}

/** Which records of a run are listed. */
export function OutcomeFilters({ task, value, onChange }: OutcomeFiltersProps) {
  const { t } = usePage();
  const label = isPlanned(task) ? 'would' : 'outcome';
  const last = task.attempt ?? 1;
  const attempts = Array.from({ length: last }, (_, before) => last - before);
  return (
    <Flex gap={8} wrap style={{ marginBottom: 16 }}>
      <SearchBox label={t('Search by uid or name')} onSearch={(search) => onChange({ search })} />
      {attempts.length > 1 && (
        <Select<number>
          aria-label={t('Attempt')}
          prefix={t('Attempt')}
          options={attempts.map((attempt) => ({ value: attempt, label: String(attempt) }))}
          value={value.attempt ?? last}
          onChange={(attempt) => onChange({ attempt })}
        />
      )}
      <Select<string[]>
        mode="multiple"
        allowClear
        aria-label={t('Outcome')}
        placeholder={t('Outcome')}
        style={FILTER}
        options={KEPT_ACTIONS.map((action) => ({ value: action, label: t(`${label}.${action}`) }))}
        value={value.action ? [...value.action] : []}
        onChange={(action) => onChange({ action, kind: undefined })}
      />
      <Select<string>
        allowClear
        aria-label={t('Target')}
        placeholder={t('Target')}
        style={FILTER}
        options={Object.keys(task.counts ?? {}).map((target) => ({ value: target, label: targetTitle(target, t) }))}
        onChange={(target) => onChange({ target })}
      />
      <Checkbox
        style={{ alignSelf: 'center' }}
        checked={value.kind === 'removal'}
        onChange={({ target }) => onChange(target.checked ? NOT_REMOVED : { action: undefined, kind: undefined })}
      >
        {t('Could not be removed')}
      </Checkbox>
    </Flex>
  );
}
