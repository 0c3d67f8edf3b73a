import { Flex, Typography } from 'antd';
import { formatNumber } from '../format';
import type { Counts } from '../model';
import { usePage } from '../page-context';
import { targetTitle } from './target-title';

/** What is worth reading of the counts of a run, most important first. */
const SHOWN = ['failed', 'created', 'linked', 'updated', 'deleted', 'unlinked', 'unchanged', 'warnings'] as const;
/** In px. A cell of a table that scrolls would otherwise never break its lines. */
const MAX_WIDTH = 340;

/** The counts of a run in a line, zeros left out: `537 created, 2 failed`. */
export function CountsSummary({ counts }: { readonly counts: Counts }) {
  const { t, locale } = usePage();
  const shown = SHOWN.filter((name) => (counts[name] ?? 0) > 0);
  if (shown.length === 0) return <Typography.Text type="secondary">{t('Nothing to do')}</Typography.Text>;
  return (
    <Flex wrap gap="0 12px">
      {shown.map((name) => (
        <Typography.Text
          key={name}
          type={name === 'failed' ? 'danger' : name === 'unchanged' ? 'secondary' : undefined}
        >
          {t(`count.${name}`, { count: formatNumber(counts[name], locale) })}
        </Typography.Text>
      ))}
    </Flex>
  );
}

/** The counts of a task, target by target. */
export function TaskCounts({ counts }: { readonly counts: Readonly<Record<string, Counts>> | null }) {
  const { t } = usePage();
  const targets = Object.entries(counts ?? {});
  if (targets.length === 0) return <>–</>;
  return (
    <Flex vertical gap={4} style={{ maxWidth: MAX_WIDTH }}>
      {targets.map(([target, count]) => (
        <Flex key={target} gap={8} align="baseline">
          <Typography.Text strong style={{ whiteSpace: 'nowrap' }}>
            {targetTitle(target, t)}
          </Typography.Text>
          <CountsSummary counts={count} />
        </Flex>
      ))}
    </Flex>
  );
}
