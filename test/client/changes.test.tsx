import { screen, waitFor, within } from '@testing-library/react';
import { FakeServer, Refusal } from './support/fake-server';
import { showPage } from './support/page';
import { change, fileType, task } from './support/rows';

const CHANGES = 'userData:listChanges';

let server: FakeServer;
beforeEach(() => {
  server = new FakeServer();
  server.types = [fileType];
  server.settings = { ...server.settings, outcomeDays: 30 };
});

async function showTab() {
  const page = showPage({ server });
  await page.user.click(screen.getByRole('tab', { name: 'Changes' }));
  const search = async (text: string) => {
    const box = await screen.findByRole('searchbox', { name: 'Search by uid or name' });
    await page.user.clear(box);
    await page.user.type(box, `${text}{Enter}`);
  };
  return { ...page, search };
}

describe('the changes of a person', () => {
  it('are explained before anybody is looked for, with how far they go back', async () => {
    await showTab();
    expect(await screen.findByText(/Search for a person or a department/)).toHaveTextContent(
      'Changes are kept for 30 days.',
    );
    expect(server.callsTo(CHANGES)).toEqual([]);
  });

  it('tell when an email address changed, from what to what, and by which run', async () => {
    const later = '2026-11-22T10:00:00.000Z';
    server.changes = [change({ at: '2026-11-20T10:00:00.000Z', task: { ...task(), startedAt: later } })];
    server.tasks = [task()];
    const { user, search } = await showTab();
    await search('grace');
    const row = await screen.findByRole('row', { name: /before: grace@old\.org, now: grace@new\.org/ });
    expect(row).toHaveTextContent(/Nov 20, 2026.*Grace Hopper.*Updated.*email.*Personnel.*Task 7/);
    expect(server.lastCallTo(CHANGES).params).toEqual({ search: 'grace', page: 1, pageSize: 20 });
    expect(row).not.toHaveTextContent('Nov 22');
    await user.click(within(row).getByRole('button', { name: 'Task 7' }));
    const drawer = await screen.findByRole('dialog', { name: 'Task 7' });
    expect(await within(drawer).findByText('3 created')).toBeInTheDocument();
  });

  it('are narrowed to one person, and widened again', async () => {
    server.changes = [change(), change({ id: 2, uid: 'e-2', name: 'Grace Kelly', rowId: '6' })];
    const { user, search } = await showTab();
    await search('grace');
    await user.click(await screen.findByRole('button', { name: 'Grace Kelly' }));
    expect(await screen.findByText('Only Grace Kelly')).toBeInTheDocument();
    await waitFor(() =>
      expect(server.lastCallTo(CHANGES).params).toEqual({ rowId: '6', dataType: 'user', page: 1, pageSize: 20 }),
    );
    const all = screen.getByRole('button', { name: 'Show all' });
    expect(all).toHaveFocus();
    await user.click(all);
    await waitFor(() => expect(server.lastCallTo(CHANGES).params).toMatchObject({ search: 'grace' }));
    expect(screen.queryByText('Only Grace Kelly')).not.toBeInTheDocument();
  });

  it('are cut into pages on the server', async () => {
    server.changes = Array.from({ length: 21 }, (_, index) => change({ id: index + 1 }));
    const { user, search } = await showTab();
    await search('grace');
    await user.click(await screen.findByRole('listitem', { name: '2' }));
    await waitFor(() => expect(server.lastCallTo(CHANGES).params).toMatchObject({ search: 'grace', page: 2 }));
  });

  it('say when there are none', async () => {
    const { search } = await showTab();
    await search('nobody');
    expect(await screen.findByText(/No changes found/)).toBeInTheDocument();
  });

  it('say what failed and load again on request', async () => {
    server.refuse(CHANGES, new Refusal('The database is away.'));
    const { user, search } = await showTab();
    await search('grace');
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('The database is away.');
    server.recover(CHANGES);
    server.changes = [change()];
    await user.click(within(alert).getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('row', { name: /Grace Hopper/ })).toBeInTheDocument();
  });
});
