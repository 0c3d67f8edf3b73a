import { useCallback, useEffect, useRef, useState } from 'react';

/** Something that is loaded from the server. What was loaded stays while it is loaded again. */
export interface Loaded<T> {
  readonly data?: T;
  readonly error?: Error;
  /** Whether what was asked for is still to come; `data` may be the answer to what was asked for before. */
  readonly pending: boolean;
  readonly reload: () => void;
}

interface State<T> {
  readonly data?: T;
  readonly error?: Error;
  /** What `data` or `error` is the answer to. */
  readonly key?: string;
  readonly loading: boolean;
}

/**
 * Loads when the component appears and whenever `key` changes; answers to an older key are dropped. Reloading while
 * something is on its way waits for that, so that frequent reloads cannot keep every answer from being shown.
 * While `pollEvery` is given it looks again after so many ms.
 */
export function useLoad<T>(
  load: () => Promise<T>,
  key: string,
  pollEvery?: (data: T | undefined) => number | undefined,
): Loaded<T> {
  const [state, setState] = useState<State<T>>({ loading: true });
  const [round, setRound] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  const underway = useRef({ busy: false, again: false });
  const reload = useCallback(() => {
    if (underway.current.busy) underway.current.again = true;
    else setRound((value) => value + 1);
  }, []);

  useEffect(() => {
    let isCurrent = true;
    underway.current = { busy: true, again: false };
    setState((before) => ({ ...before, loading: true }));
    const settle = (next: (before: State<T>) => State<T>) => {
      if (!isCurrent) return;
      const { again } = underway.current;
      underway.current = { busy: false, again: false };
      setState(next);
      if (again) setRound((value) => value + 1);
    };
    latest.current().then(
      (data) => settle(() => ({ data, key, loading: false })),
      (error: Error) => settle(({ data }) => ({ data, error, key, loading: false })),
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

  return { data: state.data, error: state.error, pending: state.key !== key, reload };
}

/** How often a run that goes on is looked at, in ms. */
export const RUNNING_INTERVAL = 1500;
