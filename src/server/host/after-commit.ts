import { reasonOf } from '../errors';

/** Says what went wrong beside a run. */
export type Complain = (message: string) => void;

/**
 * Does what comes after rows have been committed: caches, listeners. What fails here is only logged: the rows are
 * written, and a record must not count as failed because a listener failed.
 */
export async function afterCommit(complain: Complain, steps: readonly (() => Promise<void>)[]): Promise<void> {
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      complain(`user data synchronization, after writing: ${reasonOf(error)}`);
    }
  }
}
