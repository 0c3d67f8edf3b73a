import type { OutcomeFilter, TaskFilter } from './model';

type HostFilter = Readonly<Record<string, unknown>>;

/** A filter of the page, in the host's terms. */
export function taskFilter({ sourceId, status, dryRun, from, to }: TaskFilter): HostFilter {
  return {
    ...(sourceId === undefined ? {} : { sourceId }),
    ...(status?.length ? { status: { $in: status } } : {}),
    // Runs from before there were previews say nothing about it.
    ...(dryRun === undefined ? {} : { dryRun: dryRun ? { $isTruly: true } : { $isFalsy: true } }),
    ...(from && to ? { createdAt: { $dateBetween: [from, to] } } : {}),
  };
}

export function outcomeFilter({ taskId, attempt, target, action, kind, search }: OutcomeFilter): HostFilter {
  return {
    taskId,
    attempt,
    ...(target ? { target } : {}),
    ...(action?.length ? { action: { $in: action } } : {}),
    ...(kind ? { kind } : {}),
    ...(search ? anyIncludes(['uid', 'name'], search) : {}),
  };
}

/** Users who are called something like that. */
export const userFilter = (search: string): HostFilter =>
  search ? anyIncludes([...PERSON_NAMES, 'email'], search) : {};

/** The same, where the user hangs on the row that is listed, which shows no e-mail address. */
export const filterByUser = (search: string): HostFilter =>
  search ? { $or: PERSON_NAMES.map((field) => ({ user: { [field]: { $includes: search } } })) } : {};

const PERSON_NAMES = ['nickname', 'username'];

/** Rows of which one of the fields has the text in it. */
const anyIncludes = (fields: readonly string[], text: string): HostFilter => ({
  $or: fields.map((field) => ({ [field]: { $includes: text } })),
});
