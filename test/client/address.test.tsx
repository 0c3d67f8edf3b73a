import { act, screen, waitFor, within } from '@testing-library/react';
import { FakeServer } from './support/fake-server';
import { showPage } from './support/page';
import { blockedTask, change, fileType, source, task } from './support/rows';

const TASKS = 'userDataSyncTasks:list';

let server: FakeServer;
beforeEach(() => {
  server = new FakeServer();
  server.types = [fileType];
  server.sources = [source()];
  server.tasks = [task()];
});

/** Shows the page at an address, as somebody who follows a link. */
function open(query: string) {
  window.history.replaceState({ key: 'of the router' }, '', `/admin/settings/sync${query}`);
  return showPage({ server });
}

/** What jsdom's Back does later, a browser does at once. */
async function goBack(): Promise<void> {
  await act(async () => {
    const back = new Promise((resolve) => window.addEventListener('popstate', resolve, { once: true }));
    window.history.back();
    await back;
  });
}

const loaded = () => waitFor(() => expect(document.querySelector('[aria-busy="true"]')).toBeNull());

describe('the address of the page', () => {
  it.each([
    ['?tab=history', 'Update history'],
    ['?tab=changes', 'Changes'],
    ['?tab=disabled', 'Disabled users'],
    ['?tab=no-such-tab', 'Sources'],
    ['', 'Sources'],
  ])('%s shows the tab %s', async (query, tab) => {
    open(query);
    expect(screen.getByRole('tab', { name: tab, selected: true })).toBeInTheDocument();
    await loaded();
  });

  it('opens a task, which Back closes again', async () => {
    const { user } = open('?tab=history&other=of-the-host');
    await user.click(await screen.findByRole('button', { name: /^Details/ }));
    expect(await screen.findByRole('dialog', { name: 'Task 7' })).toBeInTheDocument();
    expect(window.location.search).toBe('?tab=history&other=of-the-host&task=7');
    expect(window.history.state).toEqual({ key: 'of the router' });
    await goBack();
    await waitFor(() => expect(screen.queryByRole('dialog', { name: 'Task 7' })).not.toBeInTheDocument());
    expect(window.location.search).toBe('?tab=history&other=of-the-host');
  });

  it('leads straight to a task', async () => {
    open('?task=7');
    const drawer = within(await screen.findByRole('dialog', { name: 'Task 7' }));
    expect(await drawer.findByText('Success')).toBeInTheDocument();
    expect(drawer.getByRole('button', { name: 'Copy link' })).toBeInTheDocument();
  });

  it('leads to the tasks of a source', async () => {
    open('?source=2');
    expect(await screen.findByRole('dialog', { name: 'Tasks of hr' })).toBeInTheDocument();
  });

  it('has the filters of the history, and leaves out what is none', async () => {
    open('?tab=history&status=failed,nonsense&kind=runs&source=2&from=then&to=now');
    await waitFor(() =>
      expect(JSON.parse(server.lastCallTo(TASKS).params?.filter as string)).toEqual({
        sourceId: '2',
        status: { $in: ['failed'] },
        dryRun: { $isFalsy: true },
      }),
    );
    await loaded();
  });

  it('has what is searched for, and the person whose changes are shown', async () => {
    server.changes = [change()];
    const { user } = open('?tab=changes&search=grace');
    expect(screen.getByRole('searchbox', { name: 'Search by uid or name' })).toHaveValue('grace');
    await user.click(await screen.findByRole('button', { name: /Grace Hopper/ }));
    await waitFor(() => expect(window.location.search).toBe('?tab=changes&search=grace&row=5&dataType=user'));
    expect(screen.getByText('Only Grace Hopper')).toBeInTheDocument();
    await goBack();
    await waitFor(() => expect(screen.queryByText('Only Grace Hopper')).not.toBeInTheDocument());
  });

  it('is that of the tab alone when another tab is chosen', async () => {
    const { user } = open('?tab=changes&search=grace');
    await user.click(screen.getByRole('tab', { name: 'Update history' }));
    expect(window.location.search).toBe('?tab=history');
    await loaded();
  });
});

describe('runs that need approval', () => {
  it('are counted above the tabs, and one of them is opened', async () => {
    server.tasks = [blockedTask()];
    const { user } = open('?tab=disabled');
    expect(await screen.findByText('Runs that need approval: 1')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Review runs' }));
    const drawer = within(await screen.findByRole('dialog', { name: 'Task 7' }));
    expect(await drawer.findByRole('button', { name: 'Approve' })).toBeEnabled();
  });

  it('are listed where there are several', async () => {
    server.tasks = [blockedTask(), blockedTask({ id: 6 })];
    const { user } = open('');
    expect(await screen.findByText('Runs that need approval: 2')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Review runs' }));
    expect(screen.getByRole('tab', { name: 'Update history', selected: true })).toBeInTheDocument();
    await waitFor(() =>
      expect(JSON.parse(server.lastCallTo(TASKS).params?.filter as string)).toEqual({ status: { $in: ['blocked'] } }),
    );
    await loaded();
  });

  it('are not spoken of where there is none', async () => {
    server.tasks = [];
    open('');
    await waitFor(() => expect(server.callsTo(TASKS)).toHaveLength(1));
    expect(screen.queryByText(/need approval/)).not.toBeInTheDocument();
  });
});
