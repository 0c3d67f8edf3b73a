import { useEffect, useRef } from 'react';
import { usePage } from './page-context';
import type { SeenRun } from './run-news';

/**
 * Has those who have the page read to them hear how these runs move on. Missing until they have been loaded; with
 * `started`, a run that was not there at first has just been started.
 */
export function useRunNews(runs: readonly SeenRun[] | undefined, started = false): void {
  const { news } = usePage();
  const isFirst = useRef(true);
  useEffect(() => {
    if (!runs) return;
    news.see(runs, started && !isFirst.current);
    isFirst.current = false;
  }, [news, runs, started]);
}
