import type { Translate } from '../host';
import type { Task } from '../model';
import { personName } from './person-name';

/** What started a run, and who: `Sync, Super Admin`. */
export function startedBy({ trigger, createdBy }: Pick<Task, 'trigger' | 'createdBy'>, t: Translate): string {
  return [trigger && t(`trigger.${trigger}`), personName(createdBy)].filter(Boolean).join(', ') || '–';
}
