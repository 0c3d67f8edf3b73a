import { useEffect, useState, type CSSProperties, type RefObject } from 'react';

/** Shows so many lines, the last with an ellipsis, and breaks words that are longer than a line. */
export const clampTo = (rows: number): CSSProperties => ({
  display: '-webkit-box',
  WebkitBoxOrient: 'vertical',
  WebkitLineClamp: rows,
  overflow: 'hidden',
  overflowWrap: 'anywhere',
});

/** Whether an element has more lines than it shows. */
export function useIsClipped(element: RefObject<HTMLElement>): boolean {
  const [isClipped, setClipped] = useState(false);
  useEffect(() => {
    const watched = element.current;
    if (!watched) return;
    const look = () => setClipped(watched.scrollHeight > watched.clientHeight + 1);
    look();
    const observer = new ResizeObserver(look);
    observer.observe(watched);
    return () => observer.disconnect();
  });
  return isClipped;
}
