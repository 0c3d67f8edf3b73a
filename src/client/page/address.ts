import { useCallback, useEffect, useState } from 'react';

/** What of the page stands in the query of its address. */
const NAMES = ['tab', 'task', 'source', 'status', 'kind', 'from', 'to', 'search', 'row', 'dataType'] as const;

/** What the page shows, as text; what is not set is absent. */
export type Address = Readonly<Partial<Record<(typeof NAMES)[number], string>>>;

/** Changes some of it, as a step that the browser's Back undoes; an empty text is not set. */
export type GoTo = (change: Address) => void;

/** Keeps what the page shows in its address: a link leads to the same view, and Back undoes the last step. */
export function useAddress(): readonly [Address, GoTo] {
  const [address, setAddress] = useState(readAddress);
  const look = useCallback(() => setAddress((before) => sameOr(before, readAddress())), []);
  useEffect(() => {
    window.addEventListener('popstate', look);
    // A link of the host to this page; older browsers do not tell.
    const { navigation } = window as { navigation?: EventTarget };
    navigation?.addEventListener('currententrychange', look);
    return () => {
      window.removeEventListener('popstate', look);
      navigation?.removeEventListener('currententrychange', look);
    };
  }, [look]);
  const goTo = useCallback<GoTo>(
    (change) => {
      const url = new URL(window.location.href);
      for (const [name, value] of Object.entries(change)) {
        if (value) url.searchParams.set(name, value);
        else url.searchParams.delete(name);
      }
      if (url.href === window.location.href) return;
      // The state is the router's of the host.
      window.history.pushState(window.history.state, '', url);
      look();
    },
    [look],
  );
  return [address, goTo];
}

/** The first of two that say the same, so that nothing is drawn again for nothing. */
const sameOr = (before: Address, now: Address): Address =>
  NAMES.every((name) => before[name] === now[name]) ? before : now;

function readAddress(): Address {
  const query = new URLSearchParams(window.location.search);
  return Object.fromEntries(NAMES.flatMap((name) => (query.get(name) ? [[name, query.get(name)]] : [])));
}

/** The beginning of a tab: nothing else of the page is set. */
export const tabAddress = (tab: string): Address => ({
  ...Object.fromEntries(NAMES.map((name) => [name, undefined])),
  tab,
});
