import { useCallback, useEffect, useState } from 'react';

/** What of the page stands in the query of its address. */
const NAMES = ['tab', 'task', 'source', 'status', 'kind', 'from', 'to', 'search', 'row', 'dataType'] as const;

/** What the page shows, as text; what is not set is absent. */
export type Address = Readonly<Partial<Record<(typeof NAMES)[number], string>>>;

/** Changes some of it; an empty text is not set. `replace`: without a step for the browser's Back. */
export type GoTo = (change: Address, how?: { readonly replace?: boolean }) => void;

/** Keeps what the page shows in its address: a link leads to the same view, and Back undoes the last step. */
export function useAddress(): readonly [Address, GoTo] {
  const [address, setAddress] = useState(readAddress);
  useEffect(() => {
    const onBack = () => setAddress(readAddress());
    window.addEventListener('popstate', onBack);
    return () => window.removeEventListener('popstate', onBack);
  }, []);
  const goTo = useCallback<GoTo>((change, { replace = false } = {}) => {
    const url = new URL(window.location.href);
    for (const [name, value] of Object.entries(change)) {
      if (value) url.searchParams.set(name, value);
      else url.searchParams.delete(name);
    }
    if (url.href === window.location.href) return;
    // The state is the router's of the host.
    window.history[replace ? 'replaceState' : 'pushState'](window.history.state, '', url);
    setAddress(readAddress());
  }, []);
  return [address, goTo];
}

function readAddress(): Address {
  const query = new URLSearchParams(window.location.search);
  return Object.fromEntries(NAMES.flatMap((name) => (query.get(name) ? [[name, query.get(name)]] : [])));
}

/** The beginning of a tab: nothing else of the page is set. */
export const tabAddress = (tab: string): Address => ({
  ...Object.fromEntries(NAMES.map((name) => [name, undefined])),
  tab,
});
