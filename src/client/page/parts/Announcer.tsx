import { useEffect, useState } from 'react';
import { formatNumber } from '../format';
import { usePage, type PageValue } from '../page-context';
import type { SeenRun } from '../run-news';
import { isPlanned, isRunning } from '../task-state';
import { countTexts } from './count-texts';
import { targetTitle } from './target-title';
import { VisuallyHidden } from './VisuallyHidden';

/** Says how runs move on to those who have the page read to them, when they have heard what comes before. */
export function Announcer() {
  const page = usePage();
  const { news } = page;
  const [runs, setRuns] = useState<readonly SeenRun[]>([]);
  useEffect(() => news.listen(setRuns), [news]);
  return (
    <VisuallyHidden>
      <span role="status">{runs.map((run) => inWords(run, page)).join(' ')}</span>
    </VisuallyHidden>
  );
}

/** `Personnel: Success. Users: 3 created, 7 unchanged.` */
function inWords({ title, task }: SeenRun, { t, locale }: Pick<PageValue, 't' | 'locale'>): string {
  const { done, total } = task;
  const progress =
    isRunning(task) && done && total
      ? [t('{{done}} of {{total}} records', { done: formatNumber(done, locale), total: formatNumber(total, locale) })]
      : [];
  const counts = Object.entries(task.counts ?? {}).map(
    ([target, ofTarget]) =>
      `${targetTitle(target, t)}: ${countTexts(ofTarget, isPlanned(task), t, locale)
        .map(({ text }) => text)
        .join(', ')}`,
  );
  return `${[`${title}: ${t(`status.${task.status}`)}`, ...progress, ...counts].join('. ')}.`;
}
