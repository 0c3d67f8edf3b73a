import { useEffect, useRef } from 'react';
import { usePage } from './page-context';

/** Calls back when the server tells that a run moved on; where it cannot, pages look again by themselves. */
export function useTaskEvents(onEvent: () => void): void {
  const { onTaskEvent } = usePage();
  const latest = useRef(onEvent);
  latest.current = onEvent;
  useEffect(() => onTaskEvent?.(() => latest.current()), [onTaskEvent]);
}
