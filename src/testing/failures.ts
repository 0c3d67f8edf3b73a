import { isNativeError } from 'node:util/types';
import { maskOptions, secretOptions } from '../server/sources/option-secrets';
import { pullAll } from './handed-over';
import type { AnySource } from './source-under-test';

/** Says whether a text has the value of a secret option in it. */
export type Leaks = (text: string) => boolean;

/** Options whose names look like secrets are secrets, and those that the type declares. */
export function leaksOf(options: object, declared: readonly string[] = []): Leaks {
  const mask = maskOptions(options, secretOptions(declared));
  return (text) => mask(text) !== text;
}

/** What is wrong with how a pull fails. */
export async function problemsOfFailure(source: AnySource, leaks: Leaks): Promise<string[]> {
  try {
    const { length } = await pullAll(source);
    return [
      `pull() returns ${length} deliveries when its system cannot be read. Throw an error: what is missing from a full delivery is removed.`,
    ];
  } catch (error) {
    return problemsOfError('pull()', error, leaks);
  }
}

/** What is wrong with what `testConnection()` says. */
export async function problemsOfConnection(source: AnySource, leaks: Leaks): Promise<string[]> {
  const found: unknown = await source.testConnection?.();
  if (typeof found !== 'string' || found.trim() === '')
    return ['testConnection() returns nothing. Return a few words about what was found, such as "3 units".'];
  return leaks(found) ? ['testConnection() returns the value of a secret option. Remove it.'] : [];
}

/** What is wrong with how `testConnection()` fails. */
export async function problemsOfFailedConnection(source: AnySource, leaks: Leaks): Promise<string[]> {
  try {
    await source.testConnection?.();
    return ['testConnection() succeeds when its system cannot be read. Throw what pull() would throw.'];
  } catch (error) {
    return problemsOfError('testConnection()', error, leaks);
  }
}

function problemsOfError(method: string, error: unknown, leaks: Leaks): string[] {
  if (!isNativeError(error)) return [`${method} throws something that is not an Error. Throw an Error with a message.`];
  if (error.message.trim() === '') return [`${method} throws an error without a message. Say what is wrong.`];
  return textsOf(error).some(leaks)
    ? [`${method} throws an error with the value of a secret option. Remove it from the message and its cause.`]
    : [];
}

/** The messages of an error and of its causes. */
function textsOf(error: unknown, seen = new Set<unknown>()): string[] {
  if (seen.has(error)) return [];
  seen.add(error);
  if (!isNativeError(error)) return typeof error === 'string' ? [error] : [];
  const { errors = [] } = error as { errors?: unknown[] };
  return [error.message, ...[error.cause, ...errors].flatMap((cause) => textsOf(cause, seen))];
}
