import type { TestApp } from '../app';
import type { TaskRow } from '../tasks';
import type { DataType, Delivery } from './action';
import type { ModelSource, OrganisationModel } from './organisation-model';
import { readDepartments, readUsers } from './reading';
import { RunModel, type Tallies } from './run-model';
import { takeSnapshot } from './snapshot';

export type { TaskRow };

const TARGETS: Readonly<Record<DataType, string>> = { user: 'users', department: 'departments' };
const ACTIONS = ['all', 'created', 'updated', 'unchanged', 'linked', 'enabled', 'disabled', 'unlinked', 'deleted'];
const DATA_TYPES = ['user', 'department'] as const;
/** So many records of a type may be removed of sources as small as these, in all runs of a story together. */
const ALLOWED = 5;

/** Applies a run to the model and compares what its task tells. A run that is held changes nothing. */
export async function checkRun(
  host: TestApp,
  model: OrganisationModel,
  delivery: Delivery,
  task: TaskRow,
  { isApproved }: { readonly isApproved: boolean },
): Promise<void> {
  const source = model.sources[delivery.source];
  const allowed = source.isGuarded ? 0 : ALLOWED;
  if (!isApproved)
    expect([task.status, isEmpty(delivery)]).toEqual([isEmpty(delivery) ? 'blocked' : task.status, isEmpty(delivery)]);
  if (task.status === 'blocked') {
    if (!isApproved && !isEmpty(delivery)) expectHeldForNeed(task, source, allowed);
    return;
  }
  const run = new RunModel(model, delivery, await observe(host, delivery, task));
  const tallies = run.apply();
  for (const type of isApproved ? [] : DATA_TYPES) {
    const [now, before] = [run.removed[type], source.removedLately[type]];
    if (now.length > 0) expect(now.length + before.size).toBeLessThanOrEqual(allowed);
    for (const uid of now) before.add(uid);
  }
  const expected = Object.keys(delivery.parts).map((type) => countsOf(tallies[type as DataType]));
  const counted = Object.keys(delivery.parts).map((type) => task.counts?.[TARGETS[type as DataType]]);
  expect(counted).toMatchObject(expected);
  const failed = expected.reduce((sum, { failed }) => sum + failed, 0);
  expect(task.status).toBe(failed > 0 ? 'partially_failed' : 'success');
  expect(task.done).toBe(task.total);
}

/** Keys of new rows, and who failed. */
async function observe(host: TestApp, { source }: Delivery, { id: taskId, attempt }: TaskRow) {
  const { links } = await takeSnapshot(host);
  const failed = await host.rows<{ uid: string; code: string }>('userDataSyncOutcomes', {
    where: { taskId, attempt, action: 'failed', target: 'users', kind: 'record' },
  });
  const rowId = (dataType: DataType) => (uid: string) => {
    const link = links.find(
      (item) =>
        item.sourceName === source &&
        item.dataType === dataType &&
        item.uid === uid &&
        item.resource === TARGETS[dataType],
    );
    if (!link) throw new Error(`The ${dataType} ${uid} of ${source} was not made`);
    return link.rowId;
  };
  return {
    userId: rowId('user'),
    departmentId: rowId('department'),
    failures: new Map(failed.map(({ uid, code }) => [uid, code])),
  };
}

function countsOf(tally: Tallies[DataType]): Record<string, number> & { failed: number } {
  const failed = tally.failed ?? 0;
  const counts = Object.fromEntries(ACTIONS.map((action) => [action, tally[action] ?? 0]));
  return { ...counts, failed, success: (tally.all ?? 0) - failed };
}

/** What a task that is held says has been removed, and what would be: together more than is allowed. */
function expectHeldForNeed({ params }: TaskRow, { removedLately }: ModelSource, allowed: number): void {
  const { users, recentUsers, departments, recentDepartments } = params as Record<string, number>;
  const isNeeded =
    (users > 0 && users + removedLately.user.size > allowed) ||
    (departments > 0 && departments + removedLately.department.size > allowed);
  const recent = { recentUsers: removedLately.user.size, recentDepartments: removedLately.department.size };
  expect({ isNeeded, recentUsers, recentDepartments }).toEqual({ isNeeded: true, ...recent });
}

/** A full delivery without anybody who is there is held, whatever the limits. */
function isEmpty({ parts: { user, department } }: Delivery): boolean {
  const isNobody = (records: readonly { readonly isDeleted: boolean }[]) => records.every(({ isDeleted }) => isDeleted);
  return (
    (user?.mode === 'full' && isNobody(readUsers(user.records).records)) ||
    (department?.mode === 'full' && isNobody(readDepartments(department.records).records))
  );
}
