import type { OutcomeFilter, TaskFilter } from './model';

type HostFilter = Readonly<Record<string, unknown>>;

/** A filter of the page, in the host's terms. */
export function taskFilter({ sourceId, status, from, to }: TaskFilter): HostFilter {
  return {
    ...(sourceId === undefined ? {} : { sourceId }),
    ...(status?.length ? { status: { $in: status } } : {}),
    ...(from && to ? { createdAt: { $dateBetween: [from, to] } } : {}),
  };
}

export function outcomeFilter({ taskId, attempt, target, action, search }: OutcomeFilter): HostFilter {
  return {
    taskId,
    attempt,
    ...(target ? { target } : {}),
    ...(action?.length ? { action: { $in: action } } : {}),
    ...(search ? anyIncludes(['uid', 'name'], search) : {}),
  };
}

/** Rows of which one of the fields has the text in it. */
const anyIncludes = (fields: readonly string[], text: string): HostFilter => ({
  $or: fields.map((field) => ({ [field]: { $includes: text } })),
});
