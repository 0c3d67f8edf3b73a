import { CloseOutlined } from '@ant-design/icons';
import { Flex, theme, Tooltip, Typography } from 'antd';
import { formatDuration, formatNumber, formatTime } from '../format';
import type { Task } from '../model';
import { usePage } from '../page-context';

/** In px. */
const HEIGHT = 56;
/** More would not fit on a narrow screen. */
const MAX_RUNS = 20;

/**
 * The last runs of a source as bars, oldest first: the height is the duration, red is
 * the part that failed, and a cross stands above a run in which something failed.
 */
export function RunsChart({ tasks }: { readonly tasks: readonly Task[] }) {
  const { t, locale } = usePage();
  const { token } = theme.useToken();
  const runs = tasks
    .filter((task) => task.cost !== null)
    .slice(0, MAX_RUNS)
    .reverse();
  if (runs.length < 2) return null;
  const longest = Math.max(...runs.map((task) => task.cost ?? 0), 1);
  return (
    <figure style={{ margin: '0 0 16px' }}>
      <figcaption>
        <Typography.Text type="secondary">
          {t('Last runs: height shows the duration (longest: {{longest}}), red shows failed records', {
            longest: formatDuration(longest, locale),
          })}
        </Typography.Text>
      </figcaption>
      <Flex align="end" gap={4} role="list" style={{ minHeight: HEIGHT, marginTop: 8 }}>
        {runs.map((task) => {
          const share = failedShare(task);
          const hasFailed = task.status === 'failed' || failedOf(task) > 0;
          const numbers = t('{{time}}: {{duration}}, {{failed}} failed', {
            time: formatTime(task.startedAt ?? task.createdAt, locale),
            duration: formatDuration(task.cost, locale),
            failed: formatNumber(failedOf(task), locale),
          });
          const label = `${t(`status.${task.status}`)}. ${numbers}`;
          const height = Math.max(4, Math.round(((task.cost ?? 0) / longest) * HEIGHT));
          return (
            <Tooltip key={task.id} title={label}>
              <Flex
                vertical
                align="center"
                role="listitem"
                aria-label={label}
                style={{ flex: '0 1 14px', minWidth: 0 }}
              >
                {hasFailed && <CloseOutlined aria-hidden style={{ fontSize: 10, color: token.colorError }} />}
                <div
                  style={{
                    width: '100%',
                    height,
                    borderRadius: 2,
                    background: `linear-gradient(to top, ${token.colorError} ${share}%, ${token.colorPrimary} ${share}%)`,
                  }}
                />
              </Flex>
            </Tooltip>
          );
        })}
      </Flex>
    </figure>
  );
}

function failedOf({ counts }: Task): number {
  return Object.values(counts ?? {}).reduce((sum, count) => sum + (count.failed ?? 0), 0);
}

/** In percent; a run that broke is red as a whole. */
function failedShare(task: Task): number {
  if (task.status === 'failed') return 100;
  const all = Object.values(task.counts ?? {}).reduce((sum, count) => sum + (count.all ?? 0), 0);
  return all > 0 ? Math.ceil((failedOf(task) / all) * 100) : 0;
}
