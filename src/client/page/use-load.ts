import { useCallback, useEffect, useRef, useState } from 'react';

/** Something that is loaded from the server. What was loaded stays while it is loaded again. */
export interface Loaded<T> {
  readonly data?: T;
  readonly error?: Error;
  readonly loading: boolean;
  reload(): void;
}

/**
 * Loads when the component appears and whenever `key` changes; answers that have been overtaken are dropped.
 * While `pollEvery` is given it looks again after so many ms.
 */
export function useLoad<T>(
  load: () => Promise<T>,
  key: string,
  pollEvery?: (data: T | undefined) => number | undefined,
): Loaded<T> {
  const [state, setState] = useState<{ data?: T; error?: Error; loading: boolean }>({ loading: true });
  const [round, setRound] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  const reload = useCallback(() => setRound((value) => value + 1), []);

  useEffect(() => {
    let isCurrent = true;
    setState((before) => ({ ...before, loading: true }));
    latest.current().then(
      (data) => isCurrent && setState({ data, loading: false }),
      (error: Error) => isCurrent && setState((before) => ({ ...before, error, loading: false })),
    );
    return () => {
      isCurrent = false;
    };
  }, [key, round]);

  const delay = state.loading || state.error ? undefined : pollEvery?.(state.data);
  useEffect(() => {
    if (delay === undefined) return;
    const timer = setTimeout(reload, delay);
    return () => clearTimeout(timer);
  }, [delay, reload, state]);

  return { ...state, reload };
}

/** How often a run that goes on is looked at, in ms. */
export const RUNNING_INTERVAL = 1500;
