import { screen, waitFor, within } from '@testing-library/react';
import type { Task } from '../../src/client/page/model';
import { FakeServer, Refusal } from './support/fake-server';
import { showPage } from './support/page';
import { failedTask, fileType, outcome, runningTask, source, task } from './support/rows';

const TASKS = 'userDataSyncTasks:list';
const OUTCOMES = 'userDataSyncOutcomes:list';

let server: FakeServer;
beforeEach(() => {
  server = new FakeServer();
  server.types = [fileType];
  server.sources = [source({ displayName: 'Personnel' })];
});

const filterOf = (url: string) => JSON.parse(server.lastCallTo(url).params?.filter as string) as object;
const region = (name: string) => screen.findByRole('region', { name });

async function showHistory() {
  const page = showPage({ server });
  await page.user.click(screen.getByRole('tab', { name: 'Update history' }));
  return { ...page, tasks: await region('Tasks') };
}

async function openTask() {
  const page = await showHistory();
  const opener = await within(page.tasks).findByRole('button', { name: /^Details/ });
  await page.user.click(opener);
  return { ...page, opener, drawer: within(await screen.findByRole('dialog', { name: 'Task 7' })) };
}

describe('a task that failed before anything came', () => {
  it('claims nothing about records, and hands out nothing that was delivered', async () => {
    server.tasks = [failedTask({ mode: null, total: 0, receivedAt: null })];
    const { drawer } = await openTask();
    expect(await drawer.findByText('The run failed before any record was processed.')).toBeInTheDocument();
    expect(drawer.getByRole('button', { name: 'Download records as CSV' })).toBeInTheDocument();
    expect(drawer.queryByRole('button', { name: 'Download delivered data' })).not.toBeInTheDocument();
  });
});

describe('a task that was retried', () => {
  it('shows what each attempt did', async () => {
    const first = {
      attempt: 1,
      status: 'partially_failed',
      code: null,
      startedAt: '2026-11-19T09:00:00.000Z',
    } as const;
    const counts = { users: { all: 26, failed: 24, created: 2 } };
    const earlierAttempts = [{ ...first, finishedAt: '2026-11-19T09:01:00.000Z', counts }];
    server.tasks = [task({ attempt: 2, earlierAttempts, counts: { users: { all: 24, created: 24 } } })];
    const { drawer } = await openTask();
    const attempt = within(await drawer.findByRole('listitem'));
    expect(attempt.getByText('Attempt 1')).toBeInTheDocument();
    expect(attempt.getByText('Partially failed')).toBeInTheDocument();
    expect(attempt.getByText('24 failed')).toBeInTheDocument();
    expect(drawer.getByText('24 created')).toBeInTheDocument();
  });
});

describe('the history', () => {
  it('says that a run reads, as long as more records may come', async () => {
    server.tasks = [runningTask({ done: 0, total: 609, receivedAt: null, mode: null })];
    const { tasks } = await showHistory();
    expect(await within(tasks).findByRole('progressbar', { name: 'Reading: 609 received' })).toBeInTheDocument();
  });

  it('explains how a run comes about when there is none', async () => {
    const { tasks } = await showHistory();
    await waitFor(() => expect(tasks).toHaveTextContent('No runs yet. Press Sync on a source, or push to it.'));
  });

  it('says what failed and loads again on request', async () => {
    server.refuse(TASKS, new Refusal('The database is away.'));
    const { user, tasks } = await showHistory();
    expect(await within(tasks).findByRole('alert')).toHaveTextContent('The database is away.');
    server.recover(TASKS);
    server.tasks = [task()];
    await user.click(within(tasks).getByRole('button', { name: 'Try again' }));
    expect(await within(tasks).findByRole('row', { name: /Success/ })).toHaveTextContent('Sync, Ada');
  });

  it('shows what became of each run, in words', async () => {
    server.tasks = [task(), failedTask({ id: 6 }), runningTask({ id: 5 })];
    const { tasks } = await showHistory();
    expect(await within(tasks).findByRole('row', { name: /Success/ })).toHaveTextContent('4.2 sec');
    const failed = within(tasks).getByRole('row', { name: /Failed/ });
    expect(failed).toHaveTextContent('The source could not be read: The host is down.');
    expect(within(tasks).getByRole('progressbar', { name: '30 of 120 records' })).toBeInTheDocument();
  });

  it('names the source of a run also when it is no more', async () => {
    server.tasks = [task({ source: null, sourceName: 'old-hr' })];
    const { tasks } = await showHistory();
    expect(await within(tasks).findByRole('row', { name: /Success/ })).toHaveTextContent('old-hr');
  });

  it('is cut into pages on the server', async () => {
    server.tasks = Array.from({ length: 21 }, (_, index) => task({ id: index + 1 }));
    const { user, tasks } = await showHistory();
    await user.click(await within(tasks).findByRole('listitem', { name: '2' }));
    await waitFor(() => expect(server.lastCallTo(TASKS).params).toMatchObject({ page: 2, pageSize: 20, sort: '-id' }));
  });

  it('is filtered on the server, from the first page on', async () => {
    server.tasks = [task()];
    const { user } = await showHistory();
    await user.click(screen.getByRole('combobox', { name: 'Status' }));
    await user.click(await screen.findByTitle('Failed'));
    await waitFor(() => expect(filterOf(TASKS)).toEqual({ status: { $in: ['failed'] } }));
    expect(server.lastCallTo(TASKS).params).toMatchObject({ page: 1 });
    await user.click(screen.getByRole('combobox', { name: 'Source' }));
    await user.click((await screen.findAllByTitle('Personnel')).at(-1) as HTMLElement);
    await waitFor(() => expect(filterOf(TASKS)).toEqual({ status: { $in: ['failed'] }, sourceId: '2' }));
  });

  it('tells previews from runs, and lists either alone', async () => {
    server.tasks = [task({ dryRun: true }), task({ id: 6 })];
    const { user, tasks } = await showHistory();
    const [first, second] = await within(tasks).findAllByRole('row', { name: /Success/ });
    expect(first).toHaveTextContent('Preview');
    expect(second).not.toHaveTextContent('Preview');
    await user.click(screen.getByRole('combobox', { name: 'Runs and previews' }));
    await user.click(await screen.findByTitle('Only runs'));
    await waitFor(() => expect(filterOf(TASKS)).toEqual({ dryRun: { $isFalsy: true } }));
    await user.click(screen.getByRole('combobox', { name: 'Runs and previews' }));
    await user.click(await screen.findByTitle('Only previews'));
    await waitFor(() => expect(filterOf(TASKS)).toEqual({ dryRun: { $isTruly: true } }));
  });

  it('retries what failed, and says why when that is refused', async () => {
    server.tasks = [failedTask()];
    server.refuse('userData:retry', new Refusal('The source "hr" is disabled.', 'SOURCE_DISABLED'));
    const { user, tasks } = await showHistory();
    await user.click(await within(tasks).findByRole('button', { name: /^Retry/ }));
    expect(await screen.findByRole('alert')).toHaveTextContent('The source "hr" is disabled.');
    expect(server.lastCallTo('userData:retry').data).toEqual({ id: 7, sourceId: 2 });
  });

  it('offers no Retry for what succeeded, or was pushed', async () => {
    server.tasks = [task(), failedTask({ id: 6, trigger: 'push' })];
    const { tasks } = await showHistory();
    await within(tasks).findByRole('row', { name: /Failed/ });
    expect(within(tasks).queryByRole('button', { name: /^Retry/ })).not.toBeInTheDocument();
  });
});

describe('the tasks of a source', () => {
  async function showTasks() {
    const page = showPage({ server });
    await page.user.click(await screen.findByRole('button', { name: /^Tasks/ }));
    await screen.findByRole('dialog', { name: 'Tasks of Personnel' });
    await screen.findAllByRole('row', { name: /Success/ });
    return page;
  }

  it('are only its own, with each of the last runs in a chart', async () => {
    server.tasks = [task(), task({ id: 6, cost: 2000, counts: { users: { all: 10, failed: 2 } } })];
    await showTasks();
    expect(filterOf(TASKS)).toEqual({ sourceId: 2 });
    const bars = within(screen.getByRole('figure')).getAllByRole('listitem');
    expect(bars.map((bar) => bar.getAttribute('aria-label'))).toEqual([
      expect.stringMatching(/2 sec, 2 failed$/),
      expect.stringMatching(/^Success\. .*4\.2 sec, 0 failed$/),
    ]);
  });

  it('have no chart while there is nothing to compare', async () => {
    server.tasks = [task()];
    await showTasks();
    expect(screen.queryByRole('figure')).not.toBeInTheDocument();
  });
});

describe('the details of a task', () => {
  it('say why it failed and what to do about it', async () => {
    server.tasks = [failedTask()];
    const { drawer } = await openTask();
    expect(await drawer.findByRole('alert')).toHaveTextContent(
      'The source could not be read: The host is down. Fix the problem, then press Retry.',
    );
    expect(drawer.getByRole('button', { name: 'Retry' })).toBeEnabled();
  });

  it('tell whoever pushed to push again: there is nothing to ask', async () => {
    server.tasks = [failedTask({ trigger: 'push' })];
    const { drawer } = await openTask();
    expect(await drawer.findByRole('alert')).toHaveTextContent('Push the records again.');
    expect(drawer.queryByRole('button', { name: /Retry/ })).not.toBeInTheDocument();
  });

  it.each<[string, Partial<Task>, boolean]>([
    ['pulled', { trigger: 'manual' }, true],
    ['pushed', { trigger: 'push' }, false],
    ['pushed and retried', { trigger: 'retry', source: { name: 'api', sourceType: 'api' } }, false],
  ])('offer to retry only the records that failed, of what was %s', async (_, values, isRetryable) => {
    server.tasks = [task({ status: 'partially_failed', ...values })];
    const { user, drawer } = await openTask();
    const retryFailed = await drawer.findByRole('button', { name: 'Retry failed records' });
    expect(drawer.queryByRole('button', { name: 'Retry' }) !== null).toBe(isRetryable);
    server.tasks = [runningTask({ attempt: 2 })];
    await user.click(retryFailed);
    expect(await drawer.findByRole('progressbar', { name: '30 of 120 records' })).toBeInTheDocument();
    expect(server.lastCallTo('userData:retryFailed').data).toEqual({ id: 7, sourceId: 2 });
    expect(server.callsTo('userData:retry')).toEqual([]);
    // The button has gone with what it changed, and the keyboard still stands in the drawer.
    expect(screen.getByRole('dialog', { name: 'Task 7' })).toHaveFocus();
  });

  it('say why the failed records cannot be retried', async () => {
    server.tasks = [task({ status: 'partially_failed' })];
    server.refuse('userData:retryFailed', new Refusal('Task 7 has no stored failed records.'));
    const { user, drawer } = await openTask();
    await user.click(await drawer.findByRole('button', { name: 'Retry failed records' }));
    expect(await screen.findByText('Task 7 has no stored failed records.')).toBeInTheDocument();
  });

  it('find who could not be removed, and why, with one press', async () => {
    server.tasks = [task({ status: 'partially_failed' })];
    server.outcomes = [
      outcome({
        action: 'failed',
        kind: 'removal',
        code: 'HAS_DEPENDENTS',
        params: { dependents: 'members', members: 3 },
      }),
    ];
    const { user, drawer } = await openTask();
    const filter = await drawer.findByRole('checkbox', { name: 'Could not be removed' });
    await user.click(filter);
    const removals = { taskId: 7, attempt: 1, kind: 'removal', action: { $in: ['failed'] } };
    await waitFor(() => expect(filterOf(OUTCOMES)).toEqual(removals));
    expect(await drawer.findByRole('row', { name: /e-1/ })).toHaveTextContent('still depends on it (members: 3)');
    await user.click(filter);
    await waitFor(() => expect(filterOf(OUTCOMES)).toEqual({ taskId: 7, attempt: 1 }));
  });

  it('count who was disabled and enabled', async () => {
    server.tasks = [task({ counts: { users: { all: 3, disabled: 2, enabled: 1 } }, mode: 'purge' })];
    server.outcomes = [outcome({ action: 'disabled' })];
    const { drawer } = await openTask();
    expect(await drawer.findByText('2 disabled')).toBeInTheDocument();
    expect(drawer.getByText('1 enabled')).toBeInTheDocument();
    expect(drawer.getByText('Remove all')).toBeInTheDocument();
    expect(await drawer.findByRole('row', { name: /e-1/ })).toHaveTextContent('Disabled');
  });

  it('take the focus and give it back to what opened them', async () => {
    server.tasks = [task()];
    const { user, opener, drawer } = await openTask();
    await user.click(drawer.getByRole('button', { name: 'Close' }));
    await waitFor(() => expect(opener).toHaveFocus());
  });

  it('show what became of a record, with old and new values that can be read out', async () => {
    server.tasks = [task()];
    server.outcomes = [
      outcome({ action: 'updated', changes: { email: { old: 'a@x.org', new: null } } }),
      outcome({
        id: 2,
        target: 'departments',
        action: 'updated',
        changes: { departments: { old: [], new: ['Sales'] } },
      }),
      outcome({ id: 3, uid: 'e-3', action: 'failed', code: 'UID_MISSING', params: { path: 'records[2]' } }),
    ];
    const { drawer } = await openTask();
    expect(await drawer.findByRole('cell', { name: /before: a@x\.org, now: ∅/ })).toBeInTheDocument();
    expect(drawer.getByRole('row', { name: /before: ∅, now: Sales/ })).toHaveTextContent('Memberships');
    expect(drawer.getByRole('row', { name: /e-3/ })).toHaveTextContent('records[2]: every record needs a uid');
  });

  it('search and filter on the server', async () => {
    server.tasks = [task({ attempt: 2 })];
    server.outcomes = [outcome()];
    const { user, drawer } = await openTask();
    await user.type(await drawer.findByRole('searchbox', { name: 'Search by uid or name' }), 'gra');
    await user.click(drawer.getByRole('button', { name: 'Search' }));
    const searched = { $or: [{ uid: { $includes: 'gra' } }, { name: { $includes: 'gra' } }] };
    await waitFor(() => expect(filterOf(OUTCOMES)).toEqual({ taskId: 7, attempt: 2, ...searched }));
    await user.click(drawer.getByRole('combobox', { name: 'Outcome' }));
    await user.click((await screen.findAllByTitle('Failed')).at(-1) as HTMLElement);
    await waitFor(() => expect(filterOf(OUTCOMES)).toMatchObject({ action: { $in: ['failed'] }, ...searched }));
  });

  it('show what earlier attempts did, and what one that was held did not do', async () => {
    server.tasks = [task({ attempt: 2 })];
    server.outcomes = [outcome()];
    const { user, drawer } = await openTask();
    expect(await drawer.findByRole('row', { name: /e-1/ })).toBeInTheDocument();
    server.outcomes = [outcome({ uid: 'e-9', action: 'disabled', held: true })];
    await user.click(drawer.getByRole('combobox', { name: 'Attempt' }));
    await user.click((await screen.findAllByTitle('1')).at(-1) as HTMLElement);
    expect(await drawer.findByRole('row', { name: /e-9/ })).toHaveTextContent('Would be disabled');
    expect(filterOf(OUTCOMES)).toEqual({ taskId: 7, attempt: 1 });
  });

  it('offer no attempts where there was but one, and claim nothing while it runs', async () => {
    server.tasks = [runningTask({ done: 0, total: 0 })];
    const { drawer } = await openTask();
    expect(await drawer.findByRole('progressbar', { name: 'Running' })).toBeInTheDocument();
    expect(drawer.queryByText('No records were changed, and none failed.')).not.toBeInTheDocument();
    expect(drawer.queryByRole('combobox', { name: 'Attempt' })).not.toBeInTheDocument();
  });

  it('are cut into pages on the server', async () => {
    server.tasks = [task()];
    server.outcomes = Array.from({ length: 21 }, (_, index) => outcome({ id: index + 1, uid: `e-${index}` }));
    const { user, drawer } = await openTask();
    await user.click(await drawer.findByRole('listitem', { name: '2' }));
    await waitFor(() =>
      expect(server.lastCallTo(OUTCOMES).params).toMatchObject({ page: 2, pageSize: 20, sort: 'id' }),
    );
    expect(await drawer.findByRole('row', { name: /e-20/ })).toBeInTheDocument();
  });

  it('tell a search that finds nothing from a run that changed nothing', async () => {
    server.tasks = [task()];
    const { user, drawer } = await openTask();
    expect(await drawer.findByText('No records were changed, and none failed.')).toBeInTheDocument();
    await user.type(drawer.getByRole('searchbox', { name: 'Search by uid or name' }), 'nobody{Enter}');
    expect(await drawer.findByText('Nothing matches the filter.')).toBeInTheDocument();
  });

  it('hand out the records as CSV and what was delivered', async () => {
    const saved: string[] = [];
    const click = jest.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
      this: HTMLAnchorElement,
    ) {
      saved.push(this.download);
    });
    // jsdom has no addresses for files.
    Object.assign(URL, { createObjectURL: () => 'blob:file', revokeObjectURL: () => undefined });
    server.tasks = [task()];
    const { user, drawer } = await openTask();
    await user.click(await drawer.findByRole('button', { name: 'Download records as CSV' }));
    await waitFor(() => expect(saved).toEqual(['sync-task-7.csv']));
    await user.click(drawer.getByRole('button', { name: 'Download delivered data' }));
    await waitFor(() => expect(saved).toEqual(['sync-task-7.csv', 'sync-task-7.jsonl']));
    click.mockRestore();
  });

  it('say why a download was refused', async () => {
    server.tasks = [task()];
    server.refuse('userData:downloadPayload', new Refusal('You may not see that.', 'NO_PERMISSION', true));
    const { user, drawer } = await openTask();
    await user.click(await drawer.findByRole('button', { name: 'Download delivered data' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('You may not see that.');
  });
});
