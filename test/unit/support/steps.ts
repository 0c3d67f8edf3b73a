import type { Steps } from '../../../src/server/pacing';

/** Tests are small: more steps than this mean that a plan does not end. */
const MAX_STEPS = 10_000;

/** Runs steps to their end at once. */
export function run<T>(steps: Steps<T>): T {
  for (let count = 0; count < MAX_STEPS; count += 1) {
    const step = steps.next();
    if (step.done) return step.value;
  }
  throw new Error(`There are more than ${MAX_STEPS} steps.`);
}
