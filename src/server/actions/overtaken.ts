import type { PrimaryKey } from '../model/primary-key';
import type { HeldRuns } from '../service/held-runs';

/**
 * Adds to a run that waits for approval, as `newerTaskId`, the run that has been given newer data since: then it cannot
 * be approved any more. Otherwise, and for all other runs, it is `null`.
 *
 * @param shown what is answered of the task, with its id.
 */
export async function withNewerTask(shown: unknown, heldRuns: HeldRuns): Promise<unknown> {
  const id = (shown as { readonly id?: PrimaryKey } | null)?.id;
  return id === undefined ? shown : { ...(shown as object), newerTaskId: (await heldRuns.newerThan(id)) ?? null };
}
