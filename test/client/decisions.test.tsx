import { screen, waitFor, within } from '@testing-library/react';
import { FakeServer, Refusal } from './support/fake-server';
import { showPage } from './support/page';
import { blockedTask, fileType, outcome, preview, runningTask, source, task } from './support/rows';

let server: FakeServer;
beforeEach(() => {
  server = new FakeServer();
  server.types = [fileType];
  server.sources = [source()];
});

async function openTask() {
  const page = showPage({ server });
  await page.user.click(screen.getByRole('tab', { name: 'Update history' }));
  const tasks = within(await screen.findByRole('region', { name: 'Tasks' }));
  await page.user.click(await tasks.findByRole('button', { name: /^(Details|Review) / }));
  return { ...page, drawer: within(await screen.findByRole('dialog', { name: 'Task 7' })) };
}

describe('a run that is held', () => {
  it('says that nothing was written, why, and who would go', async () => {
    server.tasks = [blockedTask()];
    server.outcomes = [
      outcome({ action: 'disabled', kind: 'removal' }),
      outcome({ id: 2, uid: 'd-1', target: 'departments', action: 'deleted', kind: 'removal' }),
    ];
    const { drawer } = await openTask();
    const warning = await drawer.findByRole('alert');
    expect(warning).toHaveTextContent('This run needs approval. Nothing was written.');
    expect(warning).toHaveTextContent('This run would remove 12 of 62 users and 3 of 15 departments');
    expect(drawer.getByText('12 would be disabled')).toBeInTheDocument();
    expect(await drawer.findByRole('row', { name: /e-1/ })).toHaveTextContent('Would be disabled');
    expect(drawer.getByRole('row', { name: /d-1/ })).toHaveTextContent('Would be deleted');
    expect(drawer.queryByRole('button', { name: /Retry/ })).not.toBeInTheDocument();
  });

  it.each([
    ['empty', /The full delivery is empty: .*12 users, 3 departments/],
    ['grown', /would now remove more than was approved: 12 of 62 users/],
  ])('because it is %s says so', async (held, text) => {
    server.tasks = [blockedTask({ params: { ...blockedTask().params, held } })];
    const { drawer } = await openTask();
    expect(await drawer.findByRole('alert')).toHaveTextContent(text);
  });

  it.each<[string, object, RegExp]>([
    ['usersLately', { recentUsers: 40 }, /would remove 12 of 62 users\. 40 were already removed in the last 24 hours/],
    ['departments', {}, /would remove 3 of 15 departments, more than the source may remove in 24 hours/],
    ['adopted', { adopted: 5, ownedAdopted: 6 }, /would remove 5 of 6 users that existed before this source/],
  ])('says which limit is exceeded, and what was removed before: %s', async (held, more, text) => {
    server.tasks = [blockedTask({ params: { ...blockedTask().params, hours: 24, held, ...more } })];
    const { drawer } = await openTask();
    expect(await drawer.findByRole('alert')).toHaveTextContent(text);
  });

  it.each([
    [
      'users',
      { departments: 0, ownedDepartments: 9 },
      'The full delivery is empty',
      '12 of 62 users will be disabled, deleted or unlinked',
    ],
    ['departments', { users: 0 }, 'The full delivery is empty', '3 of 15 departments will be deleted or unlinked'],
  ])('speaks only of what would be removed: %s', async (concerns, more, text, question) => {
    const params = { ...blockedTask().params, ...more, held: 'empty', concerns };
    server.tasks = [blockedTask({ params })];
    const { user, drawer } = await openTask();
    const notice = await drawer.findByRole('alert');
    expect(notice).toHaveTextContent(text);
    const other = concerns === 'users' ? 'departments' : 'users';
    expect(notice).not.toHaveTextContent(other);
    await user.click(drawer.getByRole('button', { name: 'Approve' }));
    const asking = await screen.findByRole('dialog', { name: 'Approve this run of Personnel?' });
    expect(asking).toHaveTextContent(question);
    expect(asking).not.toHaveTextContent(other);
  });

  it('says until when it can be approved', async () => {
    server.tasks = [blockedTask({ heldUntil: '2026-12-20T09:00:00.000Z' })];
    const { drawer } = await openTask();
    expect(await drawer.findByRole('alert')).toHaveTextContent(/It can be approved until Dec 20, 2026/);
  });

  it.each([
    ['SUPERSEDED', { newer: '9' }, 'Newer data of this source is waiting for approval: task 9.'],
    ['EXPIRED', {}, 'This run was not approved or rejected in time, so it was canceled.'],
  ])('that is canceled says why: %s', async (code, params, text) => {
    server.tasks = [blockedTask({ status: 'canceled', code, params })];
    server.outcomes = [outcome({ action: 'disabled', kind: 'removal' })];
    const { drawer } = await openTask();
    expect(await drawer.findByRole('note')).toHaveTextContent(text);
    expect(drawer.queryByRole('button', { name: 'Approve' })).not.toBeInTheDocument();
    expect(await drawer.findByRole('row', { name: /e-1/ })).toHaveTextContent('Would be disabled');
  });

  it('goes on when somebody approves it, after the numbers were named', async () => {
    server.tasks = [blockedTask()];
    const { user, drawer } = await openTask();
    await user.click(await drawer.findByRole('button', { name: 'Approve' }));
    const asking = await screen.findByRole('dialog', { name: 'Approve this run of Personnel?' });
    expect(asking).toHaveTextContent('12 of 62 users and 3 of 15 departments will be disabled, deleted or unlinked');
    expect(server.callsTo('userData:approve')).toEqual([]);
    server.tasks = [runningTask({ decidedBy: { nickname: 'Ada' }, decidedAt: '2026-11-20T10:00:00.000Z' })];
    await user.click(within(asking).getByRole('button', { name: 'Approve' }));
    expect(await drawer.findByRole('progressbar', { name: '30 of 120 records' })).toBeInTheDocument();
    expect(drawer.getByRole('row', { name: /Approved by/ })).toHaveTextContent(/Ada, Nov 20, 2026/);
    expect(server.lastCallTo('userData:approve')).toMatchObject({ method: 'post', data: { id: 7 } });
  });

  it('that was overtaken cannot be approved, but run again', async () => {
    server.tasks = [blockedTask({ newerTaskId: 9 })];
    const { user, drawer } = await openTask();
    const notice = await drawer.findByRole('alert');
    expect(notice).toHaveTextContent(
      'The source has delivered newer data since, so this run can no longer be approved.',
    );
    expect(within(notice).getByRole('button', { name: 'Task 9' })).toBeInTheDocument();
    expect(drawer.queryByRole('button', { name: 'Approve' })).not.toBeInTheDocument();
    await user.click(drawer.getByRole('button', { name: 'Run again' }));
    await waitFor(() => expect(server.lastCallTo('userData:pull').data).toEqual({ name: 'hr' }));
  });

  it('that was pushed and overtaken has to be pushed again', async () => {
    server.tasks = [blockedTask({ newerTaskId: 9, trigger: 'push' })];
    const { drawer } = await openTask();
    expect(await drawer.findByRole('alert')).toHaveTextContent('Push the records again.');
    expect(drawer.queryByRole('button', { name: 'Run again' })).not.toBeInTheDocument();
    expect(drawer.getByRole('button', { name: 'Reject' })).toBeEnabled();
  });

  it('names what would be removed and what is allowed before it is approved', async () => {
    const params = { ...blockedTask().params, concerns: 'both', hours: 24, limitUsers: 5, limitDepartments: 2 };
    server.tasks = [blockedTask({ params })];
    const { user, drawer } = await openTask();
    await user.click(await drawer.findByRole('button', { name: 'Approve' }));
    const asking = await screen.findByRole('dialog', { name: 'Approve this run of Personnel?' });
    expect(asking).toHaveTextContent('12 would be disabled');
    expect(asking).toHaveTextContent('Allowed in 24 hours: 5 users and 2 departments.');
  });

  it('stays as it is when the person thinks again', async () => {
    server.tasks = [blockedTask()];
    const { user, drawer } = await openTask();
    await user.click(await drawer.findByRole('button', { name: 'Approve' }));
    const asking = await screen.findByRole('dialog', { name: 'Approve this run of Personnel?' });
    await user.click(within(asking).getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(drawer.getByRole('button', { name: 'Approve' })).toHaveFocus());
    expect(server.callsTo('userData:approve')).toEqual([]);
  });

  it('goes no further when somebody rejects it, and still says who would have gone', async () => {
    server.tasks = [blockedTask()];
    server.outcomes = [outcome({ action: 'disabled', kind: 'removal' })];
    const { user, drawer } = await openTask();
    const decided = { decidedBy: { nickname: 'Ada' }, decidedAt: '2026-11-20T10:00:00.000Z' };
    const reject = await drawer.findByRole('button', { name: 'Reject' });
    server.tasks = [blockedTask({ status: 'canceled', code: 'REJECTED', ...decided })];
    await user.click(reject);
    expect(await drawer.findByText('Rejected. Nothing was written.')).toBeInTheDocument();
    expect(drawer.getByRole('row', { name: /Rejected by/ })).toHaveTextContent(/Ada, Nov 20, 2026/);
    expect(drawer.getAllByText('Rejected').length).toBeGreaterThan(0);
    expect(await drawer.findByRole('row', { name: /e-1/ })).toHaveTextContent('Would be disabled');
    expect(drawer.queryByRole('button', { name: 'Approve' })).not.toBeInTheDocument();
    expect(server.lastCallTo('userData:reject')).toMatchObject({ method: 'post', data: { id: 7 } });
  });

  it('says why a decision came too late', async () => {
    server.tasks = [blockedTask()];
    server.refuse('userData:reject', new Refusal('The source has delivered newer data since task 7 (task 9).'));
    const { user, drawer } = await openTask();
    await user.click(await drawer.findByRole('button', { name: 'Reject' }));
    expect(await screen.findByText(/The source has delivered newer data/)).toBeInTheDocument();
  });
});

describe('a preview', () => {
  it('says what would be done and what would fail, field by field', async () => {
    server.tasks = [preview({ status: 'partially_failed' })];
    server.outcomes = [
      outcome({ action: 'updated', changes: { email: { old: 'a@x.org', new: 'b@x.org' } } }),
      outcome({ id: 2, uid: 'e-2', action: 'failed', code: 'UID_MISSING', params: { path: 'records[2]' } }),
    ];
    const { drawer } = await openTask();
    expect(await drawer.findByRole('note')).toHaveTextContent('This is a preview. Nothing was written.');
    expect(drawer.getByText('2 would be created')).toBeInTheDocument();
    expect(drawer.getByText('1 would fail')).toBeInTheDocument();
    const changed = await drawer.findByRole('row', { name: /before: a@x\.org, now: b@x\.org/ });
    expect(changed).toHaveTextContent('Would be updated');
    expect(drawer.getByRole('row', { name: /e-2/ })).toHaveTextContent(/Would fail.*needs a uid/);
    expect(drawer.queryByRole('button', { name: /Retry/ })).not.toBeInTheDocument();
  });

  it('says that the run would be held', async () => {
    server.tasks = [preview({ code: 'WOULD_BE_HELD', params: blockedTask().params })];
    const { drawer } = await openTask();
    expect(await drawer.findByRole('alert')).toHaveTextContent(
      /would remove 12 of 62 users .* An administrator would have to approve the run\./,
    );
    expect(drawer.getByRole('button', { name: 'Run now' })).toBeEnabled();
  });

  it('is run, and the run takes its place', async () => {
    server.tasks = [preview(), task({ id: 8 })];
    const { user, drawer } = await openTaskOf(7);
    await user.click(await drawer.findByRole('button', { name: 'Run now' }));
    const run = within(await screen.findByRole('dialog', { name: 'Task 8' }));
    expect(await run.findByText('3 created')).toBeInTheDocument();
    expect(run.queryByRole('note')).not.toBeInTheDocument();
    expect(screen.queryByRole('dialog', { name: 'Task 7' })).not.toBeInTheDocument();
    expect(server.lastCallTo('userData:runNow')).toMatchObject({ method: 'post', data: { id: 7 } });
  });

  it('says why it cannot be run any more', async () => {
    server.tasks = [preview()];
    server.refuse('userData:runNow', new Refusal('The data delivered to task 7 is no longer stored.'));
    const { user, drawer } = await openTask();
    await user.click(await drawer.findByRole('button', { name: 'Run now' }));
    expect(await screen.findByText('The data delivered to task 7 is no longer stored.')).toBeInTheDocument();
  });

  it.each([
    ['goes on', runningTask({ dryRun: true }), 'This is a preview. Nothing will be written.'],
    ['broke', preview({ status: 'failed', code: 'INTERNAL_ERROR' }), 'This is a preview. Nothing was written.'],
  ])('that %s cannot be run', async (_, shown, notice) => {
    server.tasks = [shown];
    const { drawer } = await openTask();
    expect(await drawer.findByRole('note')).toHaveTextContent(notice);
    expect(drawer.queryByRole('button', { name: 'Run now' })).not.toBeInTheDocument();
  });

  async function openTaskOf(id: number) {
    const page = showPage({ server });
    await page.user.click(screen.getByRole('tab', { name: 'Update history' }));
    const [first] = await screen.findAllByRole('button', { name: /^Details/ });
    await page.user.click(first);
    return { ...page, drawer: within(await screen.findByRole('dialog', { name: `Task ${id}` })) };
  }
});
