import { useEffect, useRef } from 'react';

/** When the component goes, gives the focus back to what had it before the component appeared. */
export function useReturnFocus(): void {
  const opener = useRef<Element | null>(null);
  opener.current ??= document.activeElement;
  useEffect(
    () => () => {
      if (opener.current instanceof HTMLElement) opener.current.focus();
    },
    [],
  );
}
