import { useLayoutEffect, useState, type RefObject } from 'react';

/** Whether an element is narrower than so many px. The window does not tell: menus and drawers take their part of it. */
export function useIsNarrow(element: RefObject<HTMLElement>, below: number): boolean {
  const [isNarrow, setNarrow] = useState(false);
  useLayoutEffect(() => {
    const watched = element.current;
    if (!watched) return;
    const look = () => setNarrow(watched.clientWidth > 0 && watched.clientWidth < below);
    look();
    const observer = new ResizeObserver(look);
    observer.observe(watched);
    return () => observer.disconnect();
  }, [element, below]);
  return isNarrow;
}
