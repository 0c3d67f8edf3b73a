import { useEffect, useRef } from 'react';
import { usePage } from './page-context';

/** Calls back when a run moved on. Where the server cannot tell, pages look again by themselves. */
export function useTaskEvents(onEvent: () => void): void {
  const { events } = usePage();
  const latest = useRef(onEvent);
  latest.current = onEvent;
  useEffect(() => events.listen(() => latest.current()), [events]);
}
