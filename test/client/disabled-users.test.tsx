import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { FakeServer, Refusal } from './support/fake-server';
import { showPage } from './support/page';
import { disabledUser, fileType, task } from './support/rows';

const LIST = 'userDataSyncDisabledUsers:list';

let server: FakeServer;
beforeEach(() => {
  server = new FakeServer();
  server.types = [fileType];
});

const filterOf = (url: string) => JSON.parse(server.lastCallTo(url).params?.filter as string) as object;
const row = (name: RegExp) => screen.findByRole('row', { name });

async function showTab() {
  const page = showPage({ server });
  await page.user.click(screen.getByRole('tab', { name: 'Disabled users' }));
  return { ...page, table: await screen.findByRole('region', { name: 'Disabled users' }) };
}

describe('the disabled users', () => {
  it('are listed with when and by whom', async () => {
    server.disabledUsers = [
      disabledUser(),
      disabledUser({
        id: 2,
        user: { id: 6, nickname: 'Alan Turing', username: 'alan' },
        cause: 'hand',
        sourceName: null,
        taskId: null,
        disabledBy: { nickname: 'Ada' },
      }),
    ];
    await showTab();
    const byRun = await row(/Grace Hopper/);
    expect(byRun).toHaveTextContent(/grace.*Nov 20, 2026.*hr.*Task 7/);
    expect(await row(/Alan Turing/)).toHaveTextContent(/alan.*Ada/);
    expect(server.lastCallTo(LIST).params).toMatchObject({
      appends: ['user', 'task', 'disabledBy'],
      sort: '-disabledAt',
      page: 1,
    });
  });

  it('come with a warning of what happens without the plugin, while there are any', async () => {
    const warning = /If this plugin is disabled or removed, these users can sign in again/;
    const { table } = await showTab();
    await waitFor(() => expect(table).toHaveTextContent('No users are disabled.'));
    expect(screen.queryByText(warning)).not.toBeInTheDocument();
    cleanup();
    server.disabledUsers = [disabledUser()];
    await showTab();
    expect(await screen.findByText(warning)).toBeInTheDocument();
  });

  it('lead to the run that disabled them', async () => {
    server.disabledUsers = [disabledUser()];
    server.tasks = [task()];
    const { user } = await showTab();
    await user.click(within(await row(/Grace Hopper/)).getByRole('button', { name: 'Task 7' }));
    const drawer = await screen.findByRole('dialog', { name: 'Task 7' });
    expect(await within(drawer).findByText('3 created')).toBeInTheDocument();
  });

  it('are searched on the server by what users are called', async () => {
    const { user, table } = await showTab();
    await waitFor(() => expect(table).toHaveTextContent('No users are disabled.'));
    await user.type(screen.getByRole('searchbox', { name: 'Search by name or username' }), 'gra{Enter}');
    await waitFor(() => expect(table).toHaveTextContent('Nothing matches the filter.'));
    expect(filterOf(LIST)).toEqual({
      $or: ['nickname', 'username'].map((field) => ({ user: { [field]: { $includes: 'gra' } } })),
    });
  });

  it('say what failed and load again on request', async () => {
    server.refuse(LIST, new Refusal('The database is away.'));
    const { user, table } = await showTab();
    expect(await within(table).findByRole('alert')).toHaveTextContent('The database is away.');
    server.recover(LIST);
    server.disabledUsers = [disabledUser()];
    await user.click(within(table).getByRole('button', { name: 'Try again' }));
    expect(await row(/Grace Hopper/)).toBeInTheDocument();
  });

  it('are enabled after asking', async () => {
    server.disabledUsers = [disabledUser()];
    const { user, table } = await showTab();
    await user.click(within(await row(/Grace Hopper/)).getByRole('button', { name: /^Enable/ }));
    const asking = await screen.findByRole('dialog', { name: 'Enable Grace Hopper?' });
    expect(server.callsTo('userData:enableUser')).toEqual([]);
    server.disabledUsers = [];
    await user.click(within(asking).getByRole('button', { name: /^Enable/ }));
    await waitFor(() => expect(table).toHaveTextContent('No users are disabled.'));
    // The button that was pressed is gone with its row.
    await waitFor(() => expect(table).toHaveFocus());
    expect(server.lastCallTo('userData:enableUser')).toMatchObject({ method: 'post', data: { userId: 5 } });
  });

  it('say why one cannot be enabled', async () => {
    server.disabledUsers = [disabledUser()];
    server.refuse('userData:enableUser', new Refusal('Not possible: 5 enabled users are allowed.', 'USER_LIMIT'));
    const { user } = await showTab();
    await user.click(within(await row(/Grace Hopper/)).getByRole('button', { name: /^Enable/ }));
    const asking = await screen.findByRole('dialog', { name: 'Enable Grace Hopper?' });
    await user.click(within(asking).getByRole('button', { name: /^Enable/ }));
    expect(await screen.findByRole('alert')).toHaveTextContent('5 enabled users are allowed');
  });
});

describe('Disable a user', () => {
  async function openDialog() {
    server.users = [
      { id: 5, nickname: 'Grace Hopper', username: 'grace', email: 'grace@example.com' },
      { id: 6, nickname: null, username: 'alan', email: null },
    ];
    const page = await showTab();
    const opener = screen.getByRole('button', { name: 'Disable a user' });
    await page.user.click(opener);
    return { ...page, opener, dialog: within(await screen.findByRole('dialog', { name: 'Disable a user' })) };
  }

  it('finds the user on the server, and disables whom was chosen', async () => {
    const { user, table, dialog, opener } = await openDialog();
    expect(dialog.getByRole('button', { name: 'Disable' })).toBeDisabled();
    await user.type(dialog.getByRole('combobox', { name: 'User' }), 'grace');
    await waitFor(() =>
      expect(filterOf('users:list')).toEqual({
        $or: ['nickname', 'username', 'email'].map((field) => ({ [field]: { $includes: 'grace' } })),
      }),
    );
    const [option] = await screen.findAllByTitle('Grace Hopper');
    expect(option).toHaveTextContent('grace, grace@example.com');
    await user.click(option);
    server.disabledUsers = [disabledUser({ cause: 'hand' })];
    await user.click(dialog.getByRole('button', { name: 'Disable' }));
    expect(await within(table).findByRole('row', { name: /Grace Hopper/ })).toBeInTheDocument();
    expect(screen.getByText('Grace Hopper is disabled.')).toHaveAttribute('role', 'status');
    expect(server.lastCallTo('userData:disableUser')).toMatchObject({ method: 'post', data: { userId: 5 } });
    await waitFor(() => expect(opener).toHaveFocus());
  });

  it('chooses nobody while the name that is typed is still looked for', async () => {
    const { user, dialog } = await openDialog();
    const picker = dialog.getByRole('combobox', { name: 'User' });
    await user.click(picker);
    await screen.findAllByTitle('Grace Hopper');
    await user.type(picker, 'alan{Enter}');
    expect(dialog.getByRole('button', { name: 'Disable' })).toBeDisabled();
  });

  it('says why it was refused, and keeps the choice', async () => {
    server.refuse('userData:disableUser', new Refusal('You cannot disable yourself.', 'USER_IS_YOURSELF'));
    const { user, dialog } = await openDialog();
    await user.click(dialog.getByRole('combobox', { name: 'User' }));
    await user.click((await screen.findAllByTitle('alan'))[0]);
    await user.click(dialog.getByRole('button', { name: 'Disable' }));
    expect(await dialog.findByRole('alert')).toHaveTextContent('You cannot disable yourself.');
    await waitFor(() => expect(dialog.getByRole('button', { name: 'Disable' })).toBeEnabled());
  });

  it('says what is missing where the role may not view users', async () => {
    server.refuse('users:list', new Refusal('No permissions', 'NO_PERMISSION', false, 403));
    const { dialog } = await openDialog();
    expect(await dialog.findByRole('alert')).toHaveTextContent('Your role cannot view users.');
    expect(dialog.queryByRole('combobox')).not.toBeInTheDocument();
    expect(dialog.getByRole('button', { name: 'Disable' })).toBeDisabled();
  });
});
