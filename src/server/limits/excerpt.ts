import { cutText, ELLIPSIS } from './cut';

/** A copy of a JSON value, and whether something of it was left out. */
export interface Excerpt {
  readonly value: unknown;
  readonly isCut: boolean;
}

/** What a value costs besides its own characters: quotes, a comma, a colon. */
const OVERHEAD = 4;

/**
 * The beginning of a JSON value: about so many characters of it. Texts are cut, of lists and objects the first items
 * stay, and `…` stands where something was left out.
 */
export function excerpt(value: unknown, length: number): Excerpt {
  let left = length;
  let isCut = false;
  return { value: copy(value), isCut };

  function copy(item: unknown): unknown {
    left -= OVERHEAD;
    if (typeof item === 'string') return text(item);
    if (typeof item !== 'object' || item === null) return spend(item, String(item).length);
    if (item instanceof Date) return spend(item, 24);
    return Array.isArray(item) ? list(item) : object(item as Record<string, unknown>);
  }

  function text(item: string): string {
    const shown = item.length > Math.max(left, 1) ? cutText(item, Math.max(left, 1)) : item;
    if (shown !== item) isCut = true;
    return spend(shown, shown.length);
  }

  function list(items: readonly unknown[]): unknown[] {
    const copies: unknown[] = [];
    for (const item of items) {
      if (isSpent()) return [...copies, ELLIPSIS];
      copies.push(copy(item));
    }
    return copies;
  }

  function object(item: Readonly<Record<string, unknown>>): unknown {
    const entries: [string, unknown][] = [];
    for (const key in item) {
      if (isSpent()) return Object.fromEntries([...entries, [ELLIPSIS, ELLIPSIS]]);
      const name = cutText(key, Math.max(left, 1));
      left -= name.length;
      entries.push([name, copy(item[key])]);
    }
    return Object.fromEntries(entries);
  }

  function isSpent(): boolean {
    if (left <= 0) isCut = true;
    return left <= 0;
  }

  function spend<T>(item: T, cost: number): T {
    left -= cost;
    return item;
  }
}
