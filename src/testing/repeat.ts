import { isDeepStrictEqual } from 'node:util';
import { copyOf, pullAll, type HandedOver } from './handed-over';
import { isShaped } from './shape';
import type { AnySource } from './source-under-test';
import { understand } from './understood';

/** Uids that one pull gives and another does not. */
export async function problemsOfStability(source: AnySource, sameAgain: AnySource): Promise<string[]> {
  const first = await keysOf(await pullAll(source));
  const again = await keysOf(await pullAll(source));
  const anew = await keysOf(await pullAll(sameAgain));
  const differ = (other: ReadonlySet<string>) => [
    ...[...first].filter((key) => !other.has(key)),
    ...[...other].filter((key) => !first.has(key)),
  ];
  return [...new Set([...differ(again), ...differ(anew)])].map(
    (key) =>
      `The ${key} is returned by one pull but not by another. A uid never changes, and pull() returns the same data until the system changes.`,
  );
}

async function keysOf(handedOver: readonly HandedOver[]): Promise<Set<string>> {
  const { records } = await understand(handedOver);
  return new Set(records.map(({ dataType, uid }) => `${dataType} "${uid}"`));
}

/** Deliveries that the source has changed since it gave them: they are judged after the last one has come. */
export function problemsOfReuse(handedOver: readonly HandedOver[]): string[] {
  return handedOver
    .map(({ given, copy }, index) => ({
      index,
      isSame: isDeepStrictEqual(withoutFunctions(copyOf(given)), withoutFunctions(copy)),
    }))
    .filter(({ isSame }) => !isSame)
    .map(
      ({ index }) =>
        `Delivery ${index + 1} has changed after pull() returned it. Deliveries are read after the last one was returned: create new lists and objects for each.`,
    );
}

const withoutFunctions = (delivery: unknown) =>
  Object.fromEntries(Object.entries(Object(delivery) as object).filter(([, value]) => typeof value !== 'function'));

const MARK = 'changed by the contract suite';

/** Objects that the source gives again in the next pull, with what somebody has changed in them. */
export async function problemsOfSharing(source: AnySource): Promise<string[]> {
  const seen = new Set<object>();
  for (const { given } of await pullAll(source)) mark(recordsOf(given), seen);
  try {
    const again = await pullAll(source);
    return again.some(({ given }) => hasMark(recordsOf(given), new Set()))
      ? ['Changes to one delivery appear in the next pull. Create new lists and objects in each pull().']
      : [];
  } finally {
    // The system of the test may hold these objects, too.
    for (const object of seen) unmark(object);
  }
}

const recordsOf = (delivery: unknown) => (isShaped(delivery) ? delivery.records : undefined);

/** Changes all that can be changed. */
function mark(value: unknown, seen: Set<object>): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  for (const item of Object.values(value)) mark(item, seen);
  if (!Object.isExtensible(value)) return;
  if (Array.isArray(value)) value.push(MARK);
  else (value as Record<string, unknown>)[MARK] = MARK;
}

function unmark(value: object): void {
  if (!Object.isExtensible(value)) return;
  if (Array.isArray(value)) value.splice(value.lastIndexOf(MARK), 1);
  else delete (value as Record<string, unknown>)[MARK];
}

function hasMark(value: unknown, seen: Set<object>): boolean {
  if (value === MARK) return true;
  if (typeof value !== 'object' || value === null || seen.has(value)) return false;
  seen.add(value);
  return Object.values(value).some((item) => hasMark(item, seen));
}
