import { inspect } from 'node:util';
import { isPromise } from 'node:util/types';
import { DATA_TYPES, DELIVERY_MODES } from '../common/records';
import type { Delivery } from '../server/model/records';

/** A delivery whose shape is right; its records may be anything. */
export type ShapedDelivery = Pick<Delivery, 'dataType' | 'records' | 'mapping' | 'textCells' | 'locate'> &
  Partial<Pick<Delivery, 'matchKey' | 'mode'>>;

/** What is wrong with what `pull()` returns, before anything is awaited. */
export function problemOfReturned(returned: unknown): string | undefined {
  const isIterable = typeof returned === 'object' && returned !== null && Symbol.asyncIterator in returned;
  if (isIterable || isPromise(returned)) return undefined;
  return `pull() returns ${nameOf(returned)}. Make it "async pull()", which returns a list, or "async *pull()", which yields deliveries.`;
}

/** What is wrong with what the promise of `pull()` gives. */
export function problemOfAwaited(awaited: unknown): string | undefined {
  if (Array.isArray(awaited)) return undefined;
  return `The promise of pull() resolves to ${nameOf(awaited)}. It must be a list of deliveries: [{ dataType: 'user', records: [] }].`;
}

/** What is wrong with the shape of a delivery, a sentence for each member. */
export function problemsOfDelivery(delivery: unknown, number: number): string[] {
  const place = `Delivery ${number} of pull()`;
  if (typeof delivery !== 'object' || delivery === null || Array.isArray(delivery))
    return [`${place} is ${nameOf(delivery)}. It must be { dataType: 'user', records: [] }.`];
  const wrong = (member: string, value: unknown, expected: string) =>
    `${place}: ${member} is ${nameOf(value)}. It must be ${expected}.`;
  const { dataType, records, mode, matchKey, sourceName, mapping, textCells, locate } = delivery as Record<
    string,
    unknown
  >;
  const expectations: [holds: boolean, member: string, value: unknown, expected: string][] = [
    [isOneOf(DATA_TYPES, dataType), 'dataType', dataType, 'one of "user", "department"'],
    [Array.isArray(records), 'records', records, 'an array'],
    [isAbsent(mode) || isOneOf(DELIVERY_MODES, mode), 'mode', mode, '"full", "delta" or absent'],
    [isAbsent(matchKey) || typeof matchKey === 'string', 'matchKey', matchKey, 'a text or absent'],
    [isAbsent(sourceName) || typeof sourceName === 'string', 'sourceName', sourceName, 'a text or absent'],
    [isAbsent(mapping) || isTextMap(mapping), 'mapping', mapping, 'an object of texts or absent'],
    [isAbsent(textCells) || typeof textCells === 'boolean', 'textCells', textCells, 'true, false or absent'],
    [isAbsent(locate) || typeof locate === 'function', 'locate', locate, 'a function or absent'],
  ];
  return expectations.filter(([holds]) => !holds).map(([, member, value, expected]) => wrong(member, value, expected));
}

/** Whether the records of a delivery can be looked at. */
export function isShaped(delivery: unknown): delivery is ShapedDelivery {
  return problemsOfDelivery(delivery, 0).length === 0;
}

const isAbsent = (value: unknown) => value === undefined || value === null;
const isOneOf = (words: readonly string[], value: unknown) => words.includes(value as string);
const isTextMap = (value: unknown) =>
  typeof value === 'object' &&
  !Array.isArray(value) &&
  Object.values(value ?? {}).every((name) => typeof name === 'string');

/** A value in few words: `"people"`, `a list`, `nothing`. */
function nameOf(value: unknown): string {
  if (isAbsent(value)) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 50));
  if (typeof value === 'object') return 'an object';
  return typeof value === 'function' ? 'a function' : inspect(value);
}
