/** An answer to a request of the host's pages, as far as it is read here. */
interface Answer {
  readonly config?: { readonly url?: string };
  readonly data?: { readonly data?: unknown };
}

const LIST_OF_USERS = /(^|\/)users:list($|\?)/;

/**
 * Who is disabled of the users that the host's lists have loaded. It is learned from the answers that those lists get,
 * so it costs no request, is as fresh as what they show, and says no more than the reader's role may see.
 */
export class ListedUsers {
  private ids: readonly string[] = [];
  private readonly listeners = new Set<() => void>();

  /** The ids of those who are disabled; the same list until another becomes known. */
  readonly disabledIds = (): readonly string[] => this.ids;

  /** Calls the listener when another list becomes known; gives back how to stop it. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  /** Reads an answer, if it is a list of users. */
  learn({ config, data }: Answer): void {
    if (!LIST_OF_USERS.test(config?.url ?? '') || !Array.isArray(data?.data)) return;
    const known = new Set(this.ids);
    for (const { id, isDisabled } of data.data as { id?: unknown; isDisabled?: unknown }[]) {
      if (isDisabled) known.add(String(id));
      else known.delete(String(id));
    }
    const ids = [...known].sort();
    if (ids.join() === this.ids.join()) return;
    this.ids = ids;
    for (const listener of this.listeners) listener();
  }
}
