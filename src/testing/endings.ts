import { setTimeout as delay } from 'node:timers/promises';
import { OpenResources } from './open-resources';
import { SilentSystem } from './silent-system';
import { pull, type AnySource } from './source-under-test';

/** A pull that is asked to stop before it has begun. */
export function problemsOfEarlyAbort(source: AnySource, patience: number): Promise<string[]> {
  return problemsOfAbort(
    () => readAll(source, AbortSignal.abort()),
    patience,
    `pull() goes on for more than ${patience} ms although its signal is aborted before it begins. ${ADVICE}`,
  );
}

/** A pull that is asked to stop after its first delivery, or while its promise is pending. */
export function problemsOfLateAbort(source: AnySource, patience: number): Promise<string[]> {
  const controller = new AbortController();
  return problemsOfAbort(
    () => readAll(source, controller.signal, () => controller.abort()),
    patience,
    `pull() goes on for more than ${patience} ms after its signal is aborted in the middle. ${ADVICE}`,
  );
}

async function problemsOfAbort(read: () => Promise<void>, patience: number, late: string): Promise<string[]> {
  const resources = new OpenResources();
  const isOver = await endsWithin(patience, settled(resources.during(read)));
  const left = await resources.left(isOver ? patience : 0);
  if (!isOver) return [late];
  return left.map(
    (what) => `pull() has ended after its signal was aborted, and leaves ${what} open. Close it in a finally block.`,
  );
}

/** A pull that waits for a system that accepts connections and never answers. */
export async function problemsOfWaiting(
  makeFor: (system: SilentSystem) => AnySource | Promise<AnySource>,
  patience: number,
): Promise<string[]> {
  const system = await SilentSystem.start();
  try {
    const source = await makeFor(system);
    const controller = new AbortController();
    const reading = settled(readAll(source, controller.signal));
    if (!(await endsWithin(patience, Promise.race([system.reached, reading]))) || !system.isReached)
      return [`pull() does not connect to 127.0.0.1:${system.port}. Correct the options of "silent".`];
    controller.abort();
    if (!(await endsWithin(patience, reading)))
      return [`pull() still waits for an answer ${patience} ms after its signal was aborted. ${ADVICE}`];
    return (await endsWithin(patience, system.left))
      ? []
      : ['pull() leaves its connection open when its signal is aborted. Close it before pull() ends.'];
  } finally {
    await system.stop();
  }
}

const ADVICE = 'Pass the signal to what waits (such as fetch), and check signal.aborted between parts.';

/** Reads to the end and then releases the source, as a run does. `first` is called when the first delivery is there. */
async function readAll(source: AnySource, signal: AbortSignal, first?: () => void): Promise<void> {
  const returned = pull(source, signal);
  if (!(Symbol.asyncIterator in returned)) {
    if (first) setImmediate(first);
    await returned;
    return;
  }
  const deliveries = returned[Symbol.asyncIterator]();
  try {
    for (let isFirst = true; ; isFirst = false) {
      const { done } = await deliveries.next();
      if (isFirst) first?.();
      if (done) return;
    }
  } finally {
    await deliveries.return?.();
  }
}

/** How a pull ends is another check. */
const settled = (promise: Promise<unknown>) => promise.then(quiet, quiet);
const quiet = () => undefined;

/** Whether a promise that does not fail is settled in time. */
async function endsWithin(ms: number, promise: Promise<unknown>): Promise<boolean> {
  const over = new AbortController();
  const late = delay(ms, false, { signal: over.signal }).catch(() => false);
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    over.abort();
  }
}
