import { Flex, Typography } from 'antd';
import type { Task } from '../model';
import { usePage } from '../page-context';
import { isPlanned } from '../task-state';
import { countTexts, type CountText } from './count-texts';
import { targetTitle } from './target-title';

/** The counts of a task, target by target; targets with nothing to do are left out beside others. */
export function TaskCounts({ task }: { readonly task: Pick<Task, 'counts' | 'status' | 'code' | 'dryRun'> }) {
  const { t, locale } = usePage();
  const all = Object.entries(task.counts ?? {}).map(([target, counts]) => ({
    target,
    texts: countTexts(counts, isPlanned(task), t, locale),
  }));
  if (all.length === 0) return <>–</>;
  const busy = all.filter(({ texts }) => texts.length > 0);
  return (
    <Flex vertical gap={4}>
      {(busy.length > 0 ? busy : all).map(({ target, texts }) => (
        <Flex key={target} gap="0 8px" wrap align="baseline">
          <Typography.Text strong>{targetTitle(target, t)}</Typography.Text>
          <CountsSummary texts={texts} />
        </Flex>
      ))}
    </Flex>
  );
}

/** The counts of a target in a line: `537 created, 2 failed`. */
function CountsSummary({ texts }: { readonly texts: readonly CountText[] }) {
  const { t } = usePage();
  if (texts.length === 0) return <Typography.Text type="secondary">{t('No changes')}</Typography.Text>;
  return (
    <Flex wrap gap="0 12px">
      {texts.map(({ name, text }) => (
        <Typography.Text
          key={name}
          type={name === 'failed' ? 'danger' : name === 'unchanged' ? 'secondary' : undefined}
        >
          {text}
        </Typography.Text>
      ))}
    </Flex>
  );
}
