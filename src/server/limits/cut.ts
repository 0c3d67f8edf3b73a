import { MAX_LISTED } from './bounds';

/** Stands for what was left out. */
export const ELLIPSIS = '…';

/**
 * A text of at most so many characters; of a longer one the beginning, which never ends with half of a surrogate pair.
 */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  const isHalf = /[\ud800-\udbff]/.test(text[length - 2] ?? '');
  return text.slice(0, isHalf ? length - 2 : length - 1) + ELLIPSIS;
}

/** The first items of a list as a text. */
export function listed(items: readonly string[], separator = ', '): string {
  const shown = items.length > MAX_LISTED ? [...items.slice(0, MAX_LISTED), ELLIPSIS] : items;
  return shown.join(separator);
}
