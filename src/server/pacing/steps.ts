import { Breather } from './breather';

/** Work that can be interrupted at each `yield`: it stays pure, and its caller decides about the pace. */
export type Steps<T> = Generator<undefined, T>;

/** Runs steps to their end and gives the event loop away in between. */
export async function inBreaths<T>(steps: Steps<T>): Promise<T> {
  const breather = new Breather();
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (breather.isDue) await breather.breathe();
  }
}
