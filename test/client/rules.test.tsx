import { screen, waitFor, within } from '@testing-library/react';
import { type SourceRules, DEFAULT_RULES } from '../../src/common/rules';
import { FakeServer, Refusal } from './support/fake-server';
import { showPage } from './support/page';
import { apiSource, apiType, fileType, source } from './support/rows';

const UPDATE = 'userDataSyncSources:update';

const RULES: SourceRules = {
  removal: { users: 'delete', departments: 'keep' },
  limits: {
    users: { count: 10, percent: 5 },
    departments: { count: 3, percent: 50 },
    adopted: { count: 2, percent: 1 },
  },
  scope: {
    users: [{ field: 'email', operator: 'contains', value: '@example.com' }],
    departments: [],
    subtrees: ['d-1'],
  },
  push: { roles: ['hr-push'] },
  protection: { privilegedUsers: 'allow', identity: 'keep', departmentRoles: 'allow' },
};

let server: FakeServer;
beforeEach(() => {
  server = new FakeServer();
  server.types = [apiType, fileType];
});

async function openDrawer() {
  const page = showPage({ server });
  await page.user.click(await screen.findByRole('button', { name: /^Configure/ }));
  return { ...page, drawer: within(await screen.findByRole('dialog', { name: /^Configure/ })) };
}

async function openRules() {
  const page = await openDrawer();
  await page.user.click(page.drawer.getByRole('button', { name: /Removals, limits and scope/ }));
  await page.drawer.findByRole('combobox', { name: 'Missing users' });
  const save = async () => {
    await page.user.click(page.drawer.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(server.callsTo(UPDATE)).toHaveLength(1));
    return (server.lastCallTo(UPDATE).data as { rules: SourceRules }).rules;
  };
  const choose = async (field: HTMLElement, title: string) => {
    await page.user.click(field);
    await page.user.click((await screen.findAllByTitle(title)).at(-1) as HTMLElement);
  };
  return { ...page, save, choose };
}

describe('the rules of a source', () => {
  it('stay as they are when nobody looks at them', async () => {
    server.sources = [source({ rules: RULES })];
    const { user, drawer } = await openDrawer();
    expect(drawer.queryByRole('combobox', { name: 'Missing users' })).not.toBeInTheDocument();
    await user.click(drawer.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(server.callsTo(UPDATE)).toHaveLength(1));
    expect(server.lastCallTo(UPDATE).data).toHaveProperty('rules', RULES);
  });

  it('are shown as they are stored, and sent as they were', async () => {
    server.sources = [source({ rules: RULES })];
    const { drawer, save } = await openRules();
    expect(drawer.getByTitle('Delete')).toBeInTheDocument();
    expect(drawer.getByTitle('Unlink (keep as is)')).toBeInTheDocument();
    expect(drawer.getByRole('spinbutton', { name: 'Users (number)' })).toHaveValue('10');
    expect(drawer.getByRole('spinbutton', { name: 'Departments (%)' })).toHaveValue('50');
    expect(drawer.getByRole('spinbutton', { name: 'Users that existed before the source (number)' })).toHaveValue('2');
    expect(drawer.getByRole('textbox', { name: 'Value of condition 1' })).toHaveValue('@example.com');
    expect(drawer.getByTitle('d-1')).toBeInTheDocument();
    expect(await save()).toEqual(RULES);
  });

  it('take a policy, limits, conditions and departments, also of the HTTP API', async () => {
    server.sources = [apiSource()];
    const { user, drawer, save, choose } = await openRules();
    await choose(drawer.getByRole('combobox', { name: 'Missing users' }), 'Unlink (keep as is)');
    const limit = drawer.getByRole('spinbutton', { name: 'Departments (number)' });
    await user.clear(limit);
    await user.type(limit, '7');
    const conditions = within(drawer.getByRole('group', { name: 'Conditions on departments' }));
    const add = conditions.getByRole('button', { name: 'Add condition' });
    await user.click(add);
    await user.type(conditions.getByRole('combobox', { name: 'Field of condition 1' }), 'title');
    await choose(conditions.getByRole('combobox', { name: 'Comparison of condition 1' }), 'matches the pattern');
    await user.type(conditions.getByRole('textbox', { name: 'Value of condition 1' }), '^Sales');
    await user.click(add);
    await user.click(conditions.getByRole('button', { name: 'Remove condition 2' }));
    await user.type(drawer.getByRole('combobox', { name: 'Only these departments' }), 'd-1,d-2{Enter}');
    expect(await save()).toEqual({
      removal: { users: 'keep', departments: 'delete' },
      limits: { ...DEFAULT_RULES.limits, departments: { count: 7, percent: 20 } },
      scope: {
        users: [],
        departments: [{ field: 'title', operator: 'matches', value: '^Sales' }],
        subtrees: ['d-1', 'd-2'],
      },
      push: { roles: [] },
      protection: DEFAULT_RULES.protection,
    });
  });

  it('say which roles may push, for sources that are pushed to', async () => {
    server.sources = [apiSource({ rules: { ...RULES, push: { roles: ['gone'] } } })];
    server.pushRoles = [
      { name: 'hr-push', title: 'HR push' },
      { name: 'member', title: '{{t("Member")}}' },
    ];
    const { user, drawer } = await openDrawer();
    const roles = await drawer.findByRole('combobox', { name: 'Roles that may push' });
    expect(drawer.getByTitle('gone')).toBeInTheDocument();
    await user.click(roles);
    expect(await screen.findByTitle('Member')).toBeInTheDocument();
    await user.click(screen.getByTitle('HR push'));
    await user.click(drawer.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(server.callsTo(UPDATE)).toHaveLength(1));
    expect(server.lastCallTo(UPDATE).data).toHaveProperty('rules.push.roles', ['gone', 'hr-push']);
  });

  it('keep the roles that may push when these cannot be listed, and do not ask for them elsewhere', async () => {
    server.refuse('userData:listPushRoles', new Refusal('The roles are away.'));
    server.sources = [apiSource({ rules: RULES })];
    const { user, drawer } = await openDrawer();
    expect(await drawer.findByText('The roles are away.')).toBeInTheDocument();
    await user.click(drawer.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(server.callsTo(UPDATE)).toHaveLength(1));
    expect(server.lastCallTo(UPDATE).data).toHaveProperty('rules', RULES);
  });

  it('say whom and what the source leaves alone', async () => {
    server.sources = [source()];
    const { drawer, save, choose } = await openRules();
    const field = (name: string) => drawer.getByRole('combobox', { name });
    expect(drawer.getByTitle('Do not change')).toBeInTheDocument();
    await choose(field('Users with a privileged role'), 'Manage like other users');
    await choose(field('Departments that grant a role'), 'Add members');
    await choose(field('Username, email and phone of users that existed before the source'), 'Keep');
    expect((await save()).protection).toEqual(RULES.protection);
  });

  it('that only somebody else may allow are refused at their field', async () => {
    server.sources = [source()];
    const reason =
      'rules.protection.privilegedUsers: only somebody who can manage all roles or all users can allow this.';
    server.refuse(UPDATE, new Refusal(reason));
    const { drawer, save, choose } = await openRules();
    await choose(drawer.getByRole('combobox', { name: 'Users with a privileged role' }), 'Manage like other users');
    await save();
    const field = drawer.getByRole('combobox', { name: 'Users with a privileged role' });
    await waitFor(() => expect(field).toHaveAccessibleDescription(expect.stringContaining(reason)));
  });

  it('are unfolded again when something in them is missing', async () => {
    server.sources = [source()];
    const { user, drawer } = await openRules();
    const users = within(drawer.getByRole('group', { name: 'Conditions on users' }));
    await user.click(users.getByRole('button', { name: 'Add condition' }));
    const heading = drawer.getByRole('button', { name: /Removals, limits and scope/ });
    await user.click(heading);
    await waitFor(() => expect(heading).toHaveAttribute('aria-expanded', 'false'));
    await user.click(drawer.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(heading).toHaveAttribute('aria-expanded', 'true'));
    expect(await drawer.findByText('Enter a field.')).toBeInTheDocument();
    expect(server.callsTo(UPDATE)).toEqual([]);
  });

  it('that the server refuses are kept in the form, with the reason and at their field', async () => {
    server.sources = [source({ rules: RULES })];
    server.refuse(UPDATE, new Refusal('rules.scope.users[0].value: expected a regular expression.'));
    const { user, drawer, save } = await openRules();
    await save();
    const reason = 'rules.scope.users[0].value: expected a regular expression.';
    const value = drawer.getByRole('textbox', { name: 'Value of condition 1' });
    await waitFor(() => expect(value).toHaveAccessibleDescription(reason));
    expect(drawer.getAllByRole('alert').at(-1)).toHaveTextContent(reason);
    expect(value).toHaveValue('@example.com');
    server.recover(UPDATE);
    await user.type(value, '$');
    await user.click(drawer.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(server.callsTo(UPDATE)).toHaveLength(2));
  });

  it('can be added and removed without losing the focus', async () => {
    server.sources = [source()];
    const { user, drawer } = await openRules();
    const users = within(drawer.getByRole('group', { name: 'Conditions on users' }));
    await user.click(users.getByRole('button', { name: 'Add condition' }));
    expect(users.getByRole('combobox', { name: 'Field of condition 1' })).toHaveFocus();
    await user.click(users.getByRole('button', { name: 'Remove condition 1' }));
    expect(users.getByRole('button', { name: 'Add condition' })).toHaveFocus();
  });

  it.each([
    ['Users (number)', '-3', 'a whole number from 0 to 10000000'],
    ['Departments (%)', '250', 'a number from 0 to 100'],
  ])('say which of the limits is out of bounds: %s', async (name, typed, expected) => {
    server.sources = [source()];
    const { user, drawer } = await openRules();
    const limit = drawer.getByRole('spinbutton', { name });
    await user.clear(limit);
    await user.type(limit, typed);
    await user.click(drawer.getByRole('button', { name: 'Save' }));
    expect(await drawer.findByText(`${name} must be ${expected}.`)).toBeInTheDocument();
    expect(limit).toHaveValue(typed);
    expect(server.callsTo(UPDATE)).toEqual([]);
  });
});
