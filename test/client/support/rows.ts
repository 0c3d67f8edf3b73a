import { DEFAULT_RULES } from '../../../src/common/rules';
import type { Change, DisabledUser, Outcome, Source, SourceType, Task } from '../../../src/client/page/model';

export const apiType: SourceType = { name: 'api', title: '{{t("HTTP API")}}', isPullable: false, canTest: false };
export const fileType: SourceType = {
  name: 'file',
  title: '{{t("CSV or JSON file", { ns: "nocobase-plugin-user-data-sync" })}}',
  isPullable: true,
  canTest: true,
};

/** A source of type `file` that never ran. */
export function source(values: Partial<Source> = {}): Source {
  return {
    id: 2,
    name: 'hr',
    sourceType: 'file',
    displayName: null,
    enabled: true,
    options: {},
    rules: DEFAULT_RULES,
    secretsSet: [],
    lastTask: null,
    lastPreview: null,
    blockedTaskIds: [],
    ...values,
  };
}

/** The built-in source. */
export const apiSource = (values: Partial<Source> = {}): Source =>
  source({ id: 1, name: 'api', sourceType: 'api', ...values });

/** A task that succeeded. */
export function task(values: Partial<Task> = {}): Task {
  return {
    id: 7,
    batch: '20261120-7',
    sourceId: 2,
    source: { name: 'hr', displayName: 'Personnel', sourceType: 'file' },
    createdBy: { nickname: 'Ada', username: 'ada' },
    status: 'success',
    code: null,
    message: null,
    params: null,
    trigger: 'manual',
    mode: 'full',
    attempt: 1,
    createdAt: '2026-11-20T09:00:00.000Z',
    startedAt: '2026-11-20T09:00:01.000Z',
    finishedAt: '2026-11-20T09:00:05.200Z',
    cost: 4200,
    done: 10,
    total: 10,
    counts: { users: { all: 10, success: 10, created: 3, unchanged: 7 } },
    ...values,
  };
}

export const runningTask = (values: Partial<Task> = {}): Task =>
  task({ status: 'processing', done: 30, total: 120, counts: null, cost: null, finishedAt: null, ...values });

export const failedTask = (values: Partial<Task> = {}): Task =>
  task({
    status: 'failed',
    code: 'SOURCE_FAILED',
    params: { reason: 'The host is down.' },
    message: 'The source could not be read: The host is down.',
    counts: null,
    ...values,
  });

/** A task that is held: it would remove many. */
export const blockedTask = (values: Partial<Task> = {}): Task =>
  task({
    status: 'blocked',
    code: 'REMOVAL_LIMIT',
    params: { held: 'limit', users: 12, ownedUsers: 62, departments: 3, ownedDepartments: 15, task: 7 },
    counts: { users: { all: 12, disabled: 12 }, departments: { all: 3, deleted: 3 } },
    ...values,
  });

/** A preview that has finished. */
export const preview = (values: Partial<Task> = {}): Task =>
  task({ dryRun: true, counts: { users: { all: 4, created: 2, disabled: 1, failed: 1 } }, ...values });

/** A user that was created. */
export function outcome(values: Partial<Outcome> = {}): Outcome {
  return {
    id: 1,
    target: 'users',
    uid: 'e-1',
    name: 'Grace Hopper',
    action: 'created',
    rowId: '5',
    code: null,
    params: null,
    message: null,
    changes: null,
    ...values,
  };
}

/** An e-mail address that changed. */
export const change = (values: Partial<Change> = {}): Change => ({
  ...outcome({ action: 'updated', changes: { email: { old: 'grace@old.org', new: 'grace@new.org' } } }),
  dataType: 'user',
  taskId: 7,
  task: task(),
  ...values,
});

/** A user whom a run disabled. */
export function disabledUser(values: Partial<DisabledUser> = {}): DisabledUser {
  return {
    id: 1,
    userId: 5,
    user: { id: 5, nickname: 'Grace Hopper', username: 'grace', email: 'grace@example.com' },
    disabledAt: '2026-11-20T09:00:05.000Z',
    cause: 'sync',
    sourceName: 'hr',
    taskId: 7,
    disabledBy: null,
    ...values,
  };
}
