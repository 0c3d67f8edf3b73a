import { TASK_STATUSES } from '../../../common/tasks';
import type { Address } from '../address';
import type { TaskFilter } from '../model';

/** Which runs are listed, as the address of the page says; what it says wrongly is left out. */
export function readTaskFilter({ source, status, kind, from, to }: Address): TaskFilter {
  const wanted = status?.split(',') ?? [];
  const isKind = kind === 'runs' || kind === 'previews';
  return {
    sourceId: source,
    status: TASK_STATUSES.filter((name) => wanted.includes(name)),
    dryRun: isKind ? kind === 'previews' : undefined,
    ...(isTime(from) && isTime(to) ? { from, to } : {}),
  };
}

export function taskFilterAddress({ sourceId, status, dryRun, from, to }: TaskFilter): Address {
  return {
    source: sourceId === undefined ? undefined : String(sourceId),
    status: status?.join(','),
    kind: dryRun === undefined ? undefined : dryRun ? 'previews' : 'runs',
    from,
    to,
  };
}

const isTime = (text: string | undefined): text is string => text !== undefined && !Number.isNaN(Date.parse(text));
