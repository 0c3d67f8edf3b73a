import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { FakeServer, Refusal } from './support/fake-server';
import { showPage, type ShownPage } from './support/page';
import {
  apiSource,
  apiType,
  blockedTask,
  failedTask,
  fileType,
  preview,
  runningTask,
  source,
  task,
} from './support/rows';

const LIST = 'userDataSyncSources:list';

let server: FakeServer;
beforeEach(() => {
  server = new FakeServer();
  server.types = [apiType, fileType];
});

const table = () => screen.getByRole('region', { name: 'Sources' });
const row = (name: RegExp) => screen.findByRole('row', { name });
/** Actions of a row are called by what they do, and then by their source. */
const called = (label: string) => ({ name: new RegExp(`^${label}( |$)`) });
const button = (inside: HTMLElement, label: string) => within(inside).getByRole('button', called(label));
const noButton = (inside: HTMLElement, label: string) =>
  expect(within(inside).queryByRole('button', called(label))).not.toBeInTheDocument();
const asked = () => server.callsTo(LIST).length;

describe('the list of sources', () => {
  it('says that it is busy until the sources are there, and does not claim that there are none', async () => {
    let arrive: (body: unknown) => void = () => undefined;
    server.answer(LIST, () => new Promise((resolve) => (arrive = resolve)));
    showPage({ server });
    await waitFor(() => expect(asked()).toBe(1));
    expect(table()).toHaveAttribute('aria-busy', 'true');
    expect(table()).not.toHaveTextContent('No sources yet');
    await act(async () => arrive({ data: [source()] }));
    await row(/hr/);
    expect(table()).toHaveAttribute('aria-busy', 'false');
  });

  it('explains what to do when it is empty', async () => {
    showPage({ server });
    await waitFor(() => expect(table()).toHaveTextContent('No sources yet. Add one to begin.'));
  });

  it('says what failed and loads again on request', async () => {
    server.sources = [source()];
    server.refuse(LIST, new Refusal('The database is away.'));
    const { user } = showPage({ server });
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('The data could not be loaded.');
    expect(alert).toHaveTextContent('The database is away.');
    expect(screen.queryByRole('table')).not.toBeInTheDocument();
    server.recover(LIST);
    await user.click(button(alert, 'Try again'));
    await row(/hr/);
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  });

  it('shows how the last run went, in words', async () => {
    server.sources = [
      apiSource(),
      source({
        displayName: 'Personnel',
        lastTask: task({ finishedAt: new Date(Date.now() - 5 * 3_600_000).toISOString() }),
      }),
      source({ id: 3, name: 'broken', lastTask: failedTask() }),
    ];
    showPage({ server });
    expect(await row(/HTTP API/)).toHaveTextContent('Never');
    const fine = await row(/Personnel/);
    expect(fine).toHaveTextContent('CSV or JSON file');
    expect(fine).toHaveTextContent('Success');
    expect(fine).toHaveTextContent('5 hours ago');
    expect(fine).toHaveTextContent('3 created');
    expect(fine).toHaveTextContent('7 unchanged');
    expect(await row(/broken/)).toHaveTextContent('Failed');
  });

  it('shows how far a run is, and lets nobody start another', async () => {
    server.sources = [source({ lastTask: runningTask() })];
    showPage({ server });
    const running = await row(/hr/);
    expect(within(running).getByRole('progressbar', { name: '30 of 120 records' })).toHaveAttribute(
      'aria-valuenow',
      '25',
    );
    expect(button(running, 'Sync')).toBeDisabled();
  });

  it('names a type that nobody knows and keeps the source at hand', async () => {
    server.sources = [source({ sourceType: 'ldap' })];
    showPage({ server });
    const unknown = await row(/ldap \(unknown\)/);
    noButton(unknown, 'Sync');
    expect(button(unknown, 'Configure')).toBeEnabled();
  });

  it('offers Sync for enabled sources whose type can be asked, and the tasks of all', async () => {
    server.sources = [apiSource(), source(), source({ id: 3, name: 'off', enabled: false })];
    showPage({ server });
    const builtIn = await row(/HTTP API/);
    noButton(builtIn, 'Sync');
    expect(button(builtIn, 'Tasks')).toBeEnabled();
    expect(button(await row(/hr/), 'Sync')).toBeEnabled();
    const off = await row(/off/);
    noButton(off, 'Sync');
    expect(button(off, 'Tasks')).toBeEnabled();
    expect(button(off, 'Configure')).toBeEnabled();
  });

  it('switches a source on and off, and nothing else of it', async () => {
    server.sources = [source()];
    const { user } = showPage({ server });
    const toggle = await screen.findByRole('switch', { name: 'Enabled: hr' });
    expect(toggle).toBeChecked();
    server.sources = [source({ enabled: false })];
    await user.click(toggle);
    await waitFor(() => expect(screen.getByRole('switch', { name: 'Enabled: hr' })).not.toBeChecked());
    expect(server.lastCallTo('userDataSyncSources:update')).toMatchObject({
      params: { filterByTk: 2 },
      data: { enabled: false },
    });
  });

  it('says why a switch was refused', async () => {
    server.sources = [source()];
    server.refuse('userDataSyncSources:update', new Refusal('You may not do that.'));
    const { user } = showPage({ server });
    await user.click(await screen.findByRole('switch', { name: 'Enabled: hr' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('You may not do that.');
    expect(screen.getByRole('switch', { name: 'Enabled: hr' })).toBeChecked();
  });
});

describe('Sync', () => {
  it('starts a run and shows it running', async () => {
    server.sources = [source()];
    const { user } = showPage({ server });
    const idle = await row(/hr/);
    server.sources = [source({ lastTask: runningTask() })];
    await user.click(button(idle, 'Sync'));
    await screen.findByRole('progressbar', { name: '30 of 120 records' });
    expect(server.lastCallTo('userData:pull')).toMatchObject({ method: 'post', data: { name: 'hr' } });
  });

  it('says why a run could not be started', async () => {
    server.sources = [source()];
    server.refuse('userData:pull', new Refusal('The source "hr" is already running (task 9).', 'SOURCE_BUSY'));
    const { user } = showPage({ server });
    await user.click(button(await row(/hr/), 'Sync'));
    expect(await screen.findByRole('alert')).toHaveTextContent('is already running (task 9)');
  });
});

describe('Preview', () => {
  it('starts a run that writes nothing, and shows it', async () => {
    server.sources = [source()];
    server.tasks = [preview({ id: 1 })];
    const { user } = showPage({ server });
    await user.click(button(await row(/hr/), 'Preview'));
    const drawer = await screen.findByRole('dialog', { name: 'Task 1' });
    expect(await within(drawer).findByRole('note')).toHaveTextContent('This is a preview. Nothing was written.');
    expect(server.lastCallTo('userData:pull').data).toEqual({ name: 'hr', dryRun: true });
  });

  it('is offered only where Sync is', async () => {
    server.sources = [apiSource(), source({ id: 3, name: 'off', enabled: false })];
    showPage({ server });
    noButton(await row(/HTTP API/), 'Preview');
    noButton(await row(/off/), 'Preview');
  });

  it('is told from a run that wrote', async () => {
    server.sources = [source({ lastTask: preview() })];
    showPage({ server });
    const shown = await row(/hr/);
    expect(shown).toHaveTextContent(/Success\s*Preview/);
    expect(shown).toHaveTextContent('2 would be created');
  });
});

describe('a run that is held', () => {
  it('shows at its source, with the way to decide', async () => {
    server.sources = [source({ lastTask: blockedTask(), blockedTaskIds: [7] })];
    server.tasks = [blockedTask()];
    const { user } = showPage({ server });
    const held = await row(/hr/);
    expect(held).toHaveTextContent('Blocked');
    expect(held).toHaveTextContent('This run would remove 12 of 62 users and 3 of 15 departments');
    await user.click(button(held, 'Review'));
    const drawer = await screen.findByRole('dialog', { name: 'Task 7' });
    expect(await within(drawer).findByRole('button', { name: 'Approve' })).toBeEnabled();
  });
});

describe('the last run', () => {
  it('hides no run that needs approval', async () => {
    server.sources = [source({ lastTask: task({ id: 9 }), blockedTaskIds: [8, 7] })];
    const { user } = showPage({ server });
    const line = await row(/hr/);
    expect(line).toHaveTextContent('Success');
    expect(line).toHaveTextContent('Runs that need approval: 2');
    await user.click(button(line, 'Review'));
    expect(window.location.search).toBe('?tab=history&source=2&status=blocked');
  });

  it('is no preview, which gets a line below it', async () => {
    server.sources = [source({ lastTask: failedTask(), lastPreview: preview({ id: 8 }) })];
    server.tasks = [preview({ id: 8 })];
    const { user } = showPage({ server });
    const line = await row(/hr/);
    expect(line).toHaveTextContent('Failed');
    expect(line).toHaveTextContent('The host is down.');
    expect(line).not.toHaveTextContent('would be created');
    await user.click(within(line).getByRole('button', { name: 'Success Preview' }));
    expect(await screen.findByRole('dialog', { name: 'Task 8' })).toBeInTheDocument();
  });

  it('cannot be followed by another one while a preview goes on', async () => {
    server.sources = [source({ lastTask: task(), lastPreview: runningTask({ id: 8, dryRun: true }) })];
    showPage({ server });
    const line = await row(/hr/);
    expect(within(line).getByRole('progressbar')).toBeInTheDocument();
    expect(button(line, 'Sync')).toBeDisabled();
    expect(button(line, 'Preview')).toBeDisabled();
  });

  it('grows older while somebody looks', async () => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] });
    try {
      server.sources = [source({ lastTask: task({ finishedAt: new Date(Date.now() - 3000).toISOString() }) })];
      showPage({ server, user: userEvent.setup({ advanceTimers: jest.advanceTimersByTime }) });
      expect(await screen.findByText('3 seconds ago')).toBeInTheDocument();
      // React draws at the end of each of these.
      for (let seconds = 0; seconds < 75; seconds += 5) await act(() => jest.advanceTimersByTimeAsync(5000));
      expect(await row(/hr/)).toHaveTextContent('1 minute ago');
    } finally {
      jest.useRealTimers();
    }
  });

  it('asks for the types once, however often it looks again', async () => {
    server.sources = [source({ lastTask: task() })];
    const { announceTask } = showPage({ server });
    await row(/hr/);
    announceTask();
    await waitFor(() => expect(asked()).toBeGreaterThan(1));
    expect(server.callsTo('userData:listSyncTypes')).toHaveLength(1);
  });
});

describe('Delete', () => {
  it('is never offered for the built-in source', async () => {
    server.sources = [apiSource({ displayName: 'Pushes' })];
    showPage({ server });
    noButton(await row(/Pushes/), 'Delete');
  });

  it('asks first, and says what stays', async () => {
    server.sources = [source()];
    const { user } = showPage({ server });
    await user.click(button(await row(/hr/), 'Delete'));
    const dialog = await screen.findByRole('dialog', { name: 'Delete the source hr?' });
    expect(within(dialog).getByRole('radio', { name: 'Unlink users and departments (keep as is)' })).toBeChecked();
    await user.click(button(dialog, 'Cancel'));
    expect(server.callsTo('userDataSyncSources:destroy')).toEqual([]);
  });

  it('deletes what was confirmed', async () => {
    server.sources = [source()];
    const { user } = showPage({ server });
    await user.click(button(await row(/hr/), 'Delete'));
    const dialog = await screen.findByRole('dialog', { name: 'Delete the source hr?' });
    server.sources = [];
    await user.click(button(dialog, 'Delete'));
    await waitFor(() => expect(screen.queryByRole('row', { name: /hr/ })).not.toBeInTheDocument());
    expect(server.lastCallTo('userDataSyncSources:destroy').params).toEqual({ filterByTk: 2 });
    expect(server.callsTo('userData:purge')).toEqual([]);
  });

  async function chooseRemoval() {
    server.sources = [source()];
    server.tasks = [preview({ id: 8, mode: 'purge' })];
    const page = showPage({ server });
    const opener = button(await row(/hr/), 'Delete');
    await page.user.click(opener);
    const dialog = await screen.findByRole('dialog', { name: 'Delete the source hr?' });
    noButton(dialog, 'Preview');
    await page.user.click(within(dialog).getByRole('radio', { name: 'Remove the imported users and departments' }));
    return { ...page, opener, dialog };
  }

  it('removes what the source brought in when that is chosen, says who is kept, and shows the run', async () => {
    const { user, dialog } = await chooseRemoval();
    expect(
      within(dialog).getByRole('radio', { name: 'Remove the imported users and departments' }),
    ).toHaveAccessibleDescription(/Users that existed before the source are kept\..*it needs approval first\./);
    await user.click(button(dialog, 'Remove and delete'));
    expect(await screen.findByRole('dialog', { name: 'Task 8' })).toBeInTheDocument();
    expect(server.lastCallTo('userData:purge').data).toEqual({ sourceId: 2, deleteSource: true, dryRun: false });
    expect(server.callsTo('userDataSyncSources:destroy')).toEqual([]);
  });

  it('shows before what would be removed, and only then removes it, after asking', async () => {
    const { user, opener, dialog } = await chooseRemoval();
    await user.click(button(dialog, 'Preview'));
    const task = await screen.findByRole('dialog', { name: 'Task 8' });
    expect(server.lastCallTo('userData:purge').data).toEqual({ sourceId: 2, deleteSource: true, dryRun: true });
    await user.click(await within(task).findByRole('button', { name: 'Run now' }));
    const asking = await screen.findByRole('dialog', {
      name: 'Remove the users and departments imported by Personnel?',
    });
    expect(server.callsTo('userData:runNow')).toEqual([]);
    await user.click(button(asking, 'Run now'));
    await waitFor(() => expect(server.lastCallTo('userData:runNow').data).toEqual({ id: 8 }));
    await user.click(button(task, 'Close'));
    await waitFor(() => expect(opener).toHaveFocus());
  });

  it('says why it was refused', async () => {
    server.refuse('userData:purge', new Refusal('The source "hr" is already running (task 9).', 'SOURCE_BUSY'));
    const { user, dialog } = await chooseRemoval();
    await user.click(button(dialog, 'Remove and delete'));
    expect(await screen.findByRole('alert')).toHaveTextContent('is already running (task 9)');
    expect(screen.queryByRole('dialog', { name: 'Task 8' })).not.toBeInTheDocument();
  });
});

describe('Add new', () => {
  it('offers the types by their titles, from the keyboard too', async () => {
    const { user } = showPage({ server });
    const add = await screen.findByRole('button', { name: 'Add new' });
    await waitFor(() => expect(add).toBeEnabled());
    add.focus();
    await user.keyboard('{Enter}');
    const items = await screen.findAllByRole('menuitem');
    expect(items.map((item) => item.textContent)).toEqual(['HTTP API', 'CSV or JSON file']);
  });

  it('says how to get a type when there is none', async () => {
    server.types = [];
    const { user } = showPage({ server });
    await waitFor(() => expect(screen.getByRole('button', { name: 'Add new' })).toBeEnabled());
    await user.click(screen.getByRole('button', { name: 'Add new' }));
    const item = await screen.findByRole('menuitem', { name: /No source types\. Enable a plugin that provides one/ });
    expect(item).toHaveAttribute('aria-disabled', 'true');
  });
});

describe('a run that goes on', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const pass = (ms: number) => act(() => jest.advanceTimersByTimeAsync(ms));
  const show = async (): Promise<ShownPage> => {
    const page = showPage({ server, user: userEvent.setup({ advanceTimers: jest.advanceTimersByTime }) });
    await pass(0);
    return page;
  };

  it('is looked at again and again until it has finished, and not after that', async () => {
    server.sources = [source({ lastTask: runningTask() })];
    await show();
    expect(asked()).toBe(1);
    server.sources = [source({ lastTask: runningTask({ done: 60 }) })];
    await pass(1500);
    expect(asked()).toBe(2);
    expect(screen.getByRole('progressbar', { name: '60 of 120 records' })).toBeInTheDocument();
    server.sources = [source({ lastTask: task() })];
    await pass(1500);
    expect(asked()).toBe(3);
    expect(screen.queryByRole('progressbar')).not.toBeInTheDocument();
    await pass(60_000);
    expect(asked()).toBe(3);
  });

  it('is not asked about over and over when that fails', async () => {
    server.sources = [source({ lastTask: runningTask() })];
    await show();
    server.refuse(LIST, new Refusal('The database is away.'));
    await pass(60_000);
    expect(asked()).toBe(2);
    expect(screen.getByRole('alert')).toHaveTextContent('The database is away.');
    expect(screen.getByRole('progressbar')).toBeInTheDocument();
  });

  it('is shown as soon as the server tells', async () => {
    server.sources = [source()];
    const { announceTask } = await show();
    server.sources = [source({ lastTask: runningTask() })];
    act(() => announceTask());
    await pass(0);
    expect(screen.getByRole('progressbar', { name: '30 of 120 records' })).toBeInTheDocument();
  });

  it('is shown even when the server tells faster than it answers', async () => {
    server.sources = [source()];
    const { announceTask } = await show();
    server.sources = [source({ lastTask: runningTask() })];
    server.answer(LIST, () => new Promise((resolve) => setTimeout(() => resolve({ data: server.sources }), 300)));
    for (let sent = 0; sent < 5; sent += 1) {
      act(() => announceTask());
      await pass(100);
    }
    expect(screen.getByRole('progressbar', { name: '30 of 120 records' })).toBeInTheDocument();
  });
});
