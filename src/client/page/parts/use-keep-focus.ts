import { useEffect, useRef, type RefObject } from 'react';

/**
 * Gives the focus to an area when what had it there is gone: a button that goes with its row would leave those who
 * use the keyboard, or have the page read to them, nowhere. `content` changes whenever something may have gone.
 */
export function useKeepFocus<T extends HTMLElement>(content: unknown): RefObject<T> {
  const area = useRef<T>(null);
  const last = useRef<Element | null>(null);
  useEffect(() => {
    const remember = ({ target }: FocusEvent) => {
      last.current = area.current?.contains(target as Node) ? (target as Element) : null;
    };
    document.addEventListener('focusin', remember);
    return () => document.removeEventListener('focusin', remember);
  }, []);
  useEffect(() => {
    if (!last.current || last.current.isConnected || document.activeElement !== document.body) return;
    last.current = null;
    area.current?.focus({ preventScroll: true });
  }, [content]);
  return area;
}
