import { useCallback } from 'react';
import { usePage } from '../page-context';
import { useNotify } from './use-notify';

/** Does what a person asked for; says why when that fails, and has every part of the page look again. */
export function useAttempt(): (work: () => Promise<unknown>) => Promise<void> {
  const { events } = usePage();
  const notify = useNotify();
  return useCallback(
    async (work) => {
      try {
        await work();
      } catch (failure) {
        notify.failed(failure);
      }
      events.announce();
    },
    [events, notify],
  );
}
