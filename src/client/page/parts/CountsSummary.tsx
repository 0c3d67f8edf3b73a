import { Flex, Typography } from 'antd';
import { formatNumber } from '../format';
import type { Counts, Task } from '../model';
import { usePage } from '../page-context';
import { isPlanned } from '../task-state';
import { targetTitle } from './target-title';

/** What is worth reading of the counts of a run, most important first. */
const SHOWN = [
  'failed',
  'created',
  'linked',
  'updated',
  'enabled',
  'disabled',
  'deleted',
  'unlinked',
  'unchanged',
  'warnings',
] as const;
/** These read the same of what would be done as of what was done. */
const TIMELESS: readonly string[] = ['unchanged', 'warnings'];
/** In px. A cell of a table that scrolls would otherwise never break its lines. */
const MAX_WIDTH = 340;

interface CountsSummaryProps {
  readonly counts: Counts;
  /** Whether they say what would be done. */
  readonly planned?: boolean;
}

/** The counts of a run in a line, zeros left out: `537 created, 2 failed`. */
export function CountsSummary({ counts, planned }: CountsSummaryProps) {
  const { t, locale } = usePage();
  const shown = namesIn(counts);
  if (shown.length === 0) return <Typography.Text type="secondary">{t('No changes')}</Typography.Text>;
  return (
    <Flex wrap gap="0 12px">
      {shown.map((name) => (
        <Typography.Text
          key={name}
          type={name === 'failed' ? 'danger' : name === 'unchanged' ? 'secondary' : undefined}
        >
          {t(textOf(name, counts, planned), { count: formatNumber(counts[name], locale) })}
        </Typography.Text>
      ))}
    </Flex>
  );
}

/** The key of the text of a count. */
function textOf(name: string, counts: Counts, planned = false): string {
  if (name === 'warnings' && counts.warnings === 1) return 'count.warnings.one';
  return `${planned && !TIMELESS.includes(name) ? 'planned' : 'count'}.${name}`;
}

const namesIn = (counts: Counts) => SHOWN.filter((name) => (counts[name] ?? 0) > 0);

/** The counts of a task, target by target; targets with nothing to do are left out beside others. */
export function TaskCounts({ task }: { readonly task: Pick<Task, 'counts' | 'status' | 'code' | 'dryRun'> }) {
  const { t } = usePage();
  const all = Object.entries(task.counts ?? {});
  if (all.length === 0) return <>–</>;
  const busy = all.filter(([, counts]) => namesIn(counts).length > 0);
  const targets = busy.length > 0 ? busy : all;
  return (
    <Flex vertical gap={4} style={{ maxWidth: MAX_WIDTH }}>
      {targets.map(([target, count]) => (
        <Flex key={target} gap={8} align="baseline">
          <Typography.Text strong style={{ whiteSpace: 'nowrap' }}>
            {targetTitle(target, t)}
          </Typography.Text>
          <CountsSummary counts={count} planned={isPlanned(task)} />
        </Flex>
      ))}
    </Flex>
  );
}
