import { createContext, useContext } from 'react';
import type { Address, GoTo } from './address';
import type { SyncApi } from './api';
import type { PageHost } from './host';
import type { Task } from './model';
import type { RunNews } from './run-news';
import type { TaskEvents } from './task-events';

/** What every part of the page may use. */
export interface PageValue extends PageHost {
  readonly api: SyncApi;
  readonly events: TaskEvents;
  /** What is shown, as the address of the page says. */
  readonly address: Address;
  readonly goTo: GoTo;
  readonly news: RunNews;
  /** Shows what happened in a run, over whatever is there. */
  readonly openTask: (id: Task['id']) => void;
}

export const PageContext = createContext<PageValue | null>(null);

/** The page's surroundings. Only for components below `SyncPage`. */
export function usePage(): PageValue {
  const value = useContext(PageContext);
  if (!value) throw new Error('Only for components below SyncPage');
  return value;
}
