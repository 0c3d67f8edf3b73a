import type { TestApp } from '../app';
import type { TaskRow } from '../tasks';
import type { DataType, Delivery } from './action';
import type { OrganisationModel } from './organisation-model';
import { readDepartments, readUsers } from './reading';
import { RunModel, type Tallies } from './run-model';
import { takeSnapshot } from './snapshot';

export type { TaskRow };

const TARGETS: Readonly<Record<DataType, string>> = { user: 'users', department: 'departments' };
const ACTIONS = ['all', 'created', 'updated', 'unchanged', 'linked', 'enabled', 'disabled', 'unlinked', 'deleted'];
const REMOVALS = ['disabled', 'unlinked', 'deleted'];

/** Applies a run to the model and compares what its task tells. A run that is held changes nothing. */
export async function checkRun(
  host: TestApp,
  model: OrganisationModel,
  delivery: Delivery,
  task: TaskRow,
  { isApproved }: { readonly isApproved: boolean },
): Promise<void> {
  const { isGuarded } = model.sources[delivery.source];
  if (!isApproved)
    expect([task.status, isEmpty(delivery)]).toEqual([isEmpty(delivery) ? 'blocked' : task.status, isEmpty(delivery)]);
  if (task.status === 'blocked') {
    if (!isApproved && !isEmpty(delivery)) expect(isGuarded).toBe(true);
    return;
  }
  const tallies = new RunModel(model, delivery, await observe(host, delivery, task)).apply();
  if (isGuarded && !isApproved) expect(removals(tallies)).toBe(0);
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

function removals(tallies: Tallies): number {
  return Object.values(tallies).reduce(
    (sum, tally) => sum + REMOVALS.reduce((inTally, action) => inTally + (tally[action] ?? 0), 0),
    0,
  );
}

/** A full delivery without anybody who is there is held, whatever the limits. */
function isEmpty({ parts: { user, department } }: Delivery): boolean {
  const isNobody = (records: readonly { readonly isDeleted: boolean }[]) => records.every(({ isDeleted }) => isDeleted);
  return (
    (user?.mode === 'full' && isNobody(readUsers(user.records).records)) ||
    (department?.mode === 'full' && isNobody(readDepartments(department.records).records))
  );
}
