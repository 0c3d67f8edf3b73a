import { formatNumber } from '../format';
import type { Translate } from '../host';
import type { Counts } from '../model';

/** What is worth reading of the counts of a run, most important first. */
const SHOWN = [
  'failed',
  'created',
  'linked',
  'updated',
  'enabled',
  'disabled',
  'deleted',
  'unlinked',
  'unchanged',
  'warnings',
] as const;
/** These read the same of what would be done as of what was done. */
const TIMELESS: readonly string[] = ['unchanged', 'warnings'];

/** A count of a run, in words: `3 created`. */
export interface CountText {
  readonly name: (typeof SHOWN)[number];
  readonly text: string;
}

/** The counts of a run without zeros; `planned` ones say what would be done. */
export function countTexts(counts: Counts, planned: boolean, t: Translate, locale: string): CountText[] {
  return SHOWN.filter((name) => (counts[name] ?? 0) > 0).map((name) => ({
    name,
    text: t(keyOf(name, counts, planned), { count: formatNumber(counts[name], locale) }),
  }));
}

function keyOf(name: string, counts: Counts, planned: boolean): string {
  if (name === 'warnings' && counts.warnings === 1) return 'count.warnings.one';
  return `${planned && !TIMELESS.includes(name) ? 'planned' : 'count'}.${name}`;
}
