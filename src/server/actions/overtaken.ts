import type { TaskStatus } from '../../common/tasks';
import type { PrimaryKey } from '../model/primary-key';
import type { HeldRuns } from '../service/held-runs';

/**
 * Adds to a run that waits for approval, as `newerTaskId`, the run that has been given newer data since: then it cannot
 * be approved any more. Otherwise, and for all other runs, it is `null`.
 *
 * @param shown what is answered of the task, with its id.
 */
export async function withNewerTask(shown: unknown, heldRuns: HeldRuns): Promise<unknown> {
  const { id, status } = (shown ?? {}) as { readonly id?: PrimaryKey; readonly status?: TaskStatus };
  if (id === undefined) return shown;
  const mayWait = status === undefined || status === 'blocked';
  return { ...(shown as object), newerTaskId: (mayWait ? await heldRuns.newerThan(id) : undefined) ?? null };
}
