import type { Translate } from '../host';
import type { Task } from '../model';

/** What started a run, and who: `Sync, Super Admin`. */
export function startedBy({ trigger, createdBy }: Pick<Task, 'trigger' | 'createdBy'>, t: Translate): string {
  const person = createdBy?.nickname || createdBy?.username;
  return [trigger && t(`trigger.${trigger}`), person].filter(Boolean).join(', ') || '–';
}
