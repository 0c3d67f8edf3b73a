import type { Response } from 'supertest';
import type { ProtectionRules } from '../../../src/common/rules';
import { TestApp } from '../../support/app';
import { Caller, detailOf, errorOf } from '../../support/http';
import { dumpWritable } from '../../support/organisation';

const PASSWORD = 'long enough 1';

let host: TestApp;
let root: Caller;
let key: Caller;
let count = 0;

beforeAll(async () => {
  host = await TestApp.start();
  root = new Caller(host, await host.adminToken());
  key = new Caller(host, await host.pushKey());
});
afterAll(() => host?.stop());

const dataOf = <T>(response: Response): T => (response.body as { data: T }).data;
const ok = (response: Response): Response => {
  expect([response.status, response.status === 200 ? undefined : errorOf(response)]).toEqual([200, undefined]);
  return response;
};
const next = (prefix: string) => `${prefix}${(count += 1)}`;

interface Person {
  readonly id: number;
  readonly username: string;
  readonly email: string;
  readonly phone: string;
}

async function person(...roles: string[]): Promise<Person> {
  const username = next('person');
  const phone = `+49 30 ${String(count).padStart(6, '0')}`;
  const values = { username, email: `${username}@example.com`, phone, password: PASSWORD };
  const created = await root.post('/api/users:create', { ...values, roles: roles.map((name) => ({ name })) });
  return { ...values, id: dataOf<{ id: number }>(ok(created)).id };
}

/** A role of its own; `strategy` and `snippets` as the page of roles sends them. */
async function role(values: object = {}): Promise<string> {
  const name = next('role');
  ok(await root.post('/api/roles:create', { name, title: name, ...values }));
  return name;
}

async function signedIn({ username }: Person): Promise<Caller> {
  const body = { account: username, password: PASSWORD };
  const answer = await new Caller(host).post('/api/auth:signIn', body, { 'X-Authenticator': 'basic' });
  return new Caller(host, dataOf<{ token: string }>(answer).token);
}

interface Source {
  readonly id: number;
  readonly name: string;
  readonly push: (records: object[], more?: object) => Promise<Response>;
}

/** A source that is pushed to with a key that may only push. */
async function source(protection: Partial<ProtectionRules> = {}): Promise<Source> {
  const name = next('source');
  const rules = { push: { roles: ['pusher'] }, protection };
  const values = { name, sourceType: 'api', enabled: true, rules };
  const { id } = dataOf<{ id: number }>(ok(await root.post('/api/userDataSyncSources:create', values)));
  return {
    id,
    name,
    push: async (records, more = {}) => {
      const dataType = records.some((record) => 'title' in record) ? 'department' : 'user';
      return ok(await key.push({ dataType, sourceName: name, records, ...more }));
    },
  };
}

const failuresIn = (answer: Response, target = 'users') =>
  detailOf(answer, target).failedRecords.map(({ record, code }) => [record.uid, code]);

/** What synchronisation could do to somebody. */
const stateOf = async (...ids: number[]) => ({
  users: await host.rows('users', { where: { id: ids }, order: ['id'] }),
  roles: await host.rows('rolesUsers', { where: { userId: ids }, order: ['userId', 'roleName'] }),
  departments: await host.rows('departmentsUsers', { where: { userId: ids }, order: ['userId', 'departmentId'] }),
  links: await host.rows('userDataSyncRecordsResources', { where: { resource: 'users', resourcePk: ids.map(String) } }),
  disabled: await host.rows('userDataSyncDisabledUsers', { where: { userId: ids } }),
});

interface Department {
  readonly id: number;
}

/** A department as somebody makes it in the page, with roles and members. */
async function department({
  roles = [],
  members = [],
  parent,
}: {
  roles?: string[];
  members?: Person[];
  parent?: Department;
}): Promise<Department> {
  const values = { title: next('Department '), ...(parent ? { parent: { id: parent.id } } : {}) };
  const { id } = dataOf<Department>(ok(await root.post('/api/departments:create', values)));
  if (roles.length > 0) ok(await root.post(`/api/departments/${id}/roles:add`, roles));
  const ids = members.map((member) => member.id);
  if (ids.length > 0) ok(await root.post(`/api/departments/${id}/members:add`, ids));
  return { id };
}

/** A department of a source, to which somebody gives roles afterwards. */
async function deliveredDepartment({ push }: Source, uid: string, ...roles: string[]): Promise<number> {
  const title = next('Delivered ');
  await push([{ uid, title }]);
  const [{ id }] = await host.rows<{ id: number }>('departments', { where: { title } });
  if (roles.length > 0) ok(await root.post(`/api/departments/${id}/roles:add`, roles));
  return id;
}

const membersOf = async (departmentId: number) =>
  (await host.rows<{ userId: number }>('departmentsUsers', { where: { departmentId } })).map(({ userId }) =>
    Number(userId),
  );

describe('a key that may only push', () => {
  it.each(['username', 'email', 'phone'] as const)('takes over no administrator found by %s', async (matchKey) => {
    const admin = await person('admin');
    const { push } = await source();
    const before = await stateOf(admin.id);
    const mallory = { username: next('mallory'), email: `${next('mallory')}@example.com`, phone: next('+') };
    const record = { uid: 'a', ...mallory, [matchKey]: admin[matchKey], nickname: 'Mallory', departments: [] };
    expect(failuresIn(await push([record], { matchKey }))).toEqual([['a', 'PROTECTED_USER']]);
    await push([{ uid: 'a', isDeleted: true }], { matchKey });
    expect(await stateOf(admin.id)).toEqual(before);
  });

  it('leaves a linked user alone once that user has become an administrator', async () => {
    const { push, name } = await source();
    await push([{ uid: 'd', title: next('Team ') }]);
    const record = { uid: 'p', username: next('promoted'), departments: ['d'] };
    await push([record, { uid: 'q', username: next('other') }]);
    const [{ id }] = await host.rows<{ id: number }>('users', { where: { username: record.username } });
    ok(await root.post(`/api/users/${id}/roles:add`, ['admin']));
    const before = await stateOf(id);
    for (const changed of [
      { ...record, nickname: 'Mallory' },
      { ...record, username: next('mallory'), email: next('mallory@') },
      { ...record, departments: [] },
      { uid: 'p', isDeleted: true },
    ])
      expect(failuresIn(await push([changed]))).toEqual([['p', 'PROTECTED_USER']]);
    const missing = await push([{ uid: 'q', username: next('other') }], { mode: 'full' });
    expect(failuresIn(missing)).toEqual([['p', 'PROTECTED_USER']]);
    expect(await stateOf(id)).toEqual(before);
    expect(await host.rows('userDataSyncRecords', { where: { sourceName: name, sourceUk: 'p' } })).toHaveLength(1);
  });

  it('takes away no membership of an administrator by deleting the department', async () => {
    const from = await source();
    const { push } = from;
    const id = await deliveredDepartment(from, 'd');
    const username = next('member');
    await push([{ uid: 'p', username, departments: ['d'] }]);
    const [user] = await host.rows<{ id: number }>('users', { where: { username } });
    ok(await root.post(`/api/users/${user.id}/roles:add`, ['admin']));
    const before = await stateOf(user.id);
    const answer = await push([{ uid: 'd', isDeleted: true }], { dataType: 'department' });
    expect(failuresIn(answer, 'departments')).toEqual([['d', 'HAS_DEPENDENTS']]);
    expect(await stateOf(user.id)).toEqual(before);
    expect(await membersOf(id)).toEqual([user.id]);
  });

  it('takes over nobody whose department gives a privileged role', async () => {
    const boss = await person();
    await department({ roles: ['admin'], members: [boss] });
    const { push } = await source();
    const before = await stateOf(boss.id);
    const answer = await push([{ uid: 'b', email: boss.email, nickname: 'Mallory' }], { matchKey: 'email' });
    expect(failuresIn(answer)).toEqual([['b', 'PROTECTED_USER']]);
    expect(await stateOf(boss.id)).toEqual(before);
  });

  it('manages whose department is only below one that gives a privileged role: the host gives nothing there', async () => {
    const parent = await department({ roles: ['admin'] });
    const someone = await person();
    await department({ parent, members: [someone] });
    const mine = await signedIn(someone);
    expect((await mine.get('/api/roles:list')).status).toBe(403);
    const { push } = await source();
    const answer = await push([{ uid: 's', email: someone.email, nickname: 'Renamed' }], { matchKey: 'email' });
    expect(failuresIn(answer)).toEqual([]);
    expect(await host.rows('users', { where: { id: someone.id } })).toMatchObject([{ nickname: 'Renamed' }]);
  });

  it.each(['default', 'allow-use-union', 'only-use-union'])(
    'takes over nobody who has a privileged role among others, when the mode of roles is %s',
    async (roleMode) => {
      const both = await person('member', 'admin');
      const plain = await person('member', await role());
      ok(await root.post('/api/roles:setSystemRoleMode', { roleMode }));
      const { push } = await source();
      const records = [both, plain].map(({ email, username }) => ({ uid: username, email, nickname: 'Mallory' }));
      try {
        expect(failuresIn(await push(records, { matchKey: 'email' }))).toEqual([[both.username, 'PROTECTED_USER']]);
      } finally {
        ok(await root.post('/api/roles:setSystemRoleMode', { roleMode: 'default' }));
      }
    },
  );

  it('is judged by what the database says, not by what a process remembers of roles', async () => {
    const name = await role();
    const someone = await person(name);
    const { push } = await source();
    const record = { uid: 's', email: someone.email };
    const push1 = async () => failuresIn(await push([record], { matchKey: 'email' }));
    expect(await push1()).toEqual([]);
    const write = (snippets: string[]) =>
      host.db.getModel('roles').update({ snippets }, { where: { name }, hooks: false });
    await write(['pm.*']);
    expect(await push1()).toEqual([['s', 'PROTECTED_USER']]);
    await write(['!pm.*']);
    expect(await push1()).toEqual([]);
  });

  it('hears in a preview what the run says, in words that say what to do', async () => {
    const admin = await person('admin');
    const from = await source();
    const { push } = from;
    await deliveredDepartment(from, 'd', 'admin');
    const records = [
      { uid: 'a', email: admin.email, nickname: 'Mallory' },
      { uid: 'n', email: `${next('new')}@example.com`, departments: ['d'] },
    ];
    const before = await dumpWritable(host);
    const preview = await push(records, { matchKey: 'email', dryRun: true });
    expect(await dumpWritable(host)).toEqual(before);
    const run = await push(records, { matchKey: 'email' });
    for (const [target, message] of [
      ['users', `User ${admin.id} is protected. This user has a role that can configure NocoBase or manage others.`],
      ['departments', 'Not added to the department "d": it grants a role that can configure NocoBase'],
    ]) {
      expect(detailOf(preview, target)).toEqual(detailOf(run, target));
      expect(detailOf(run, target).failedRecords[0].message).toContain(message);
    }
  });
});

describe('a role is privileged', () => {
  const OWN = 'own';
  interface Allowed {
    readonly snippets?: string[];
    readonly actions?: string[] | '*';
    readonly collection?: string;
    /** Actions on the collection, with the key of their scope. */
    readonly may?: Readonly<Record<string, string | undefined>>;
    readonly off?: boolean;
  }

  beforeAll(() => {
    for (const [name, ...actions] of [
      ['pm.strangers-users', 'users:resetPassword'],
      ['pm.strangers-reading', 'users:list', 'roles:get', 'departments:listAll', 'strangers:*'],
      ['strangers.assignments', 'projects.roles:set'],
      ['strangers.everything', '*:*'],
    ])
      host.app.acl.registerSnippet({ name, actions });
  });

  async function make({ snippets, actions, collection, may = {}, off }: Allowed): Promise<string> {
    const name = await role({
      ...(snippets ? { snippets } : {}),
      ...(actions ? { strategy: { actions } } : {}),
    });
    if (collection) {
      const scopes = await host.rows<{ id: number; key: string }>('dataSourcesRolesResourcesScopes');
      await host.db.getRepository('dataSourcesRolesResources').create({
        values: {
          roleName: name,
          dataSourceKey: 'main',
          name: collection,
          usingActionsConfig: !off,
          actions: Object.entries(may).map(([action, scope]) => ({
            name: action,
            fields: [],
            scopeId: scopes.find((one) => one.key === scope)?.id,
          })),
        },
      });
    }
    return name;
  }

  async function isPrivileged(name: string): Promise<boolean> {
    const someone = await person(name);
    const { push } = await source();
    const answer = await push([{ uid: 's', email: someone.email }], { matchKey: 'email' });
    return failuresIn(answer).length > 0;
  }

  it.each<[string, Allowed]>([
    ['has pm', { snippets: ['pm'] }],
    ['has pm.*', { snippets: ['pm.*'] }],
    ['has pm.* without one of them', { snippets: ['pm.*', '!pm.users'] }],
    ['has ui.*', { snippets: ['ui.*'] }],
    ['may configure pages', { snippets: ['ui.uiSchemas'] }],
    ['manages users', { snippets: ['pm.users'] }],
    ['manages roles', { snippets: ['pm.acl.roles'] }],
    ['manages departments', { snippets: ['pm.departments'] }],
    ['manages how people sign in', { snippets: ['pm.auth.authenticators'] }],
    ['manages data sources', { snippets: ['pm.data-source-manager'] }],
    ['manages collections', { snippets: ['pm.data-source-manager.data-source-main'] }],
    ['manages this plugin', { snippets: ['pm.user-data-sync'] }],
    ['has a snippet by a pattern', { snippets: ['pm.u*'] }],
    ['has a snippet of another plugin that changes users', { snippets: ['pm.strangers-users'] }],
    ['has a snippet of another plugin that gives roles', { snippets: ['strangers.assignments'] }],
    ['has a snippet that allows everything', { snippets: ['strangers.everything'] }],
    ['may update all data', { actions: ['view', 'update'] }],
    ['may delete all data', { actions: ['destroy'] }],
    ['may do everything with all data', { actions: '*' }],
    ['may update users', { collection: 'users', may: { view: undefined, update: undefined } }],
    ['may create users', { collection: 'users', may: { create: 'all' } }],
    ['may import users', { collection: 'users', may: { importXlsx: undefined } }],
    ['may delete roles', { collection: 'roles', may: { destroy: 'all' } }],
    ['may update departments', { collection: 'departments', may: { update: 'all' } }],
    ['may update all data but users', { actions: ['update'], collection: 'users', may: { view: 'all' } }],
    ['follows the strategy', { actions: ['update'], collection: 'users', may: { view: 'all' }, off: true }],
  ])('that %s', async (_, allowed) => {
    expect(await isPrivileged(await make(allowed))).toBe(true);
  });

  it.each<[string, Allowed]>([
    ['has nothing', {}],
    ['has what it has taken away again', { snippets: ['pm.*', '!pm.*', 'ui.*', '!ui.*', 'pm', '!pm'] }],
    ['may only push', { snippets: ['user-data-sync.push'] }],
    ['may make its own API keys', { snippets: ['pm.api-keys.configuration'] }],
    ['has a snippet that only reads users', { snippets: ['pm.strangers-reading'] }],
    ['has a snippet that there is not', { snippets: ['pm.nothing'] }],
    ['may read and create all data', { actions: ['view', 'create', 'export'] }],
    ['may update its own data', { actions: ['update:own', 'destroy:own'] }],
    ['may read users', { collection: 'users', may: { view: 'all', export: 'all' } }],
    ['may update users that it made', { collection: 'users', may: { update: OWN, destroy: OWN } }],
    ['may update other data', { collection: 'uiSchemas', may: { update: 'all' } }],
    ['has permissions that are switched off', { collection: 'users', may: { update: 'all' }, off: true }],
  ])('and one that %s is not', async (_, allowed) => {
    expect(await isPrivileged(await make(allowed))).toBe(false);
  });

  it('by its exact name only', async () => {
    const name = await role({ name: 'ROOT', title: 'Looks like root' });
    expect(await isPrivileged(name)).toBe(false);
  });

  it('and the default role is not by what it may do with data: everybody who is created has it', async () => {
    const [before] = await host.rows<{ name: string }>('roles', { where: { default: true } });
    const name = await make({ actions: ['view', 'update'] });
    const setDefault = (one: string) => root.post(`/api/roles:update?filterByTk=${one}`, { default: true });
    ok(await setDefault(name));
    try {
      const { push } = await source();
      const record = { uid: 'n', username: next('new') };
      await push([record]);
      expect(failuresIn(await push([{ ...record, nickname: 'Renamed' }]))).toEqual([]);
    } finally {
      ok(await setDefault(before.name));
    }
  });
});

describe('users with a privileged role', () => {
  const ALLOW = { rules: { protection: { privilegedUsers: 'allow' } } };
  const update = (by: Caller, id: number, values: object) =>
    by.post(`/api/userDataSyncSources:update?filterByTk=${id}`, values);
  const create = (by: Caller) =>
    by.post('/api/userDataSyncSources:create', { name: next('made'), sourceType: 'api', enabled: true, ...ALLOW });
  const readProtection = async (id: number) =>
    dataOf<{ rules: { protection: ProtectionRules } }>(await root.get(`/api/userDataSyncSources:get?filterByTk=${id}`))
      .rules.protection;

  it('are managed like others where it is allowed, and root users never', async () => {
    const admin = await person('admin');
    const second = await person();
    await host.db.getModel('rolesUsers').create({ userId: second.id, roleName: 'root' }, { hooks: false });
    const rootByDepartment = await person();
    await department({ roles: ['root'], members: [rootByDepartment] });
    const { push } = await source({ privilegedUsers: 'allow' });
    const before = await stateOf(1, second.id, rootByDepartment.id);
    const records = [
      { uid: 'admin', email: admin.email, nickname: 'Managed' },
      { uid: 'first', email: 'admin@nocobase.com', nickname: 'Mallory' },
      { uid: 'second', email: second.email, nickname: 'Mallory' },
      { uid: 'third', email: rootByDepartment.email, nickname: 'Mallory' },
    ];
    const answer = await push(records, { matchKey: 'email' });
    expect(failuresIn(answer)).toEqual(['first', 'second', 'third'].map((uid) => [uid, 'PROTECTED_USER']));
    expect(detailOf(answer).failedRecords[0].message).toContain('Synchronization never changes root users');
    expect(await host.rows('users', { where: { id: admin.id } })).toMatchObject([{ nickname: 'Managed' }]);
    await push([{ uid: 'admin', isDeleted: true }]);
    expect((await stateOf(admin.id)).disabled).toMatchObject([{ cause: 'sync' }]);
    expect(await stateOf(1, second.id, rootByDepartment.id)).toEqual(before);
  });

  it.each<[string, object]>([
    ['root', {}],
    ['everything', { snippets: ['pm.*', 'ui.*', 'pm'] }],
    ['roles', { snippets: ['pm.user-data-sync', 'pm.acl.roles'] }],
    ['users', { snippets: ['pm.user-data-sync', 'pm.users'] }],
  ])('can be allowed by who manages %s', async (kind, values) => {
    const by = kind === 'root' ? root : await signedIn(await person(await role(values)));
    ok(await create(by));
    const { id } = await source();
    ok(await update(by, id, ALLOW));
    expect(await readProtection(id)).toMatchObject({ privilegedUsers: 'allow' });
  });

  it.each([
    ['this plugin', { snippets: ['pm.user-data-sync'] }],
    ['departments, too', { snippets: ['pm.user-data-sync', 'pm.departments'] }],
    ['pages, too', { snippets: ['pm.user-data-sync', 'ui.*'] }],
    ['how people sign in, too', { snippets: ['pm.user-data-sync', 'pm.auth.authenticators'] }],
  ])('cannot be allowed by who manages %s', async (_, values) => {
    const by = await signedIn(await person(await role(values)));
    const before = await host.rows('userDataSyncSources');
    const { id } = await source();
    for (const rule of ['privilegedUsers', 'departmentRoles']) {
      const rules = { protection: { [rule]: 'allow' } };
      for (const answer of [
        await by.post('/api/userDataSyncSources:create', { name: next('made'), sourceType: 'api', rules }),
        await update(by, id, { rules }),
      ]) {
        expect([answer.status, errorOf(answer).code]).toEqual([403, 'PERMISSION_NOT_YOURS']);
        expect(errorOf(answer).message).toMatch(new RegExp(`^rules\\.protection\\.${rule}: `));
      }
    }
    expect(await readProtection(id)).toEqual({
      privilegedUsers: 'refuse',
      identity: 'change',
      departmentRoles: 'refuse',
    });
    expect(await host.rows('userDataSyncSources')).toHaveLength(before.length + 1);
  });

  it('are judged by the role that is used, not by all that a person has', async () => {
    const lesser = await role({ snippets: ['pm.user-data-sync'] });
    const by = await signedIn(await person('admin', lesser));
    const { id } = await source();
    const as = (name: string) => by.post(`/api/userDataSyncSources:update?filterByTk=${id}`, ALLOW, { 'X-Role': name });
    expect(errorOf(await as(lesser)).code).toBe('PERMISSION_NOT_YOURS');
    ok(await as('admin'));
  });

  it('stay allowed when somebody else saves the source, who may also take it back, and then not allow it again', async () => {
    const by = await signedIn(await person(await role({ snippets: ['pm.user-data-sync'] })));
    const { id } = await source({ privilegedUsers: 'allow' });
    const removal = { users: 'keep' };
    ok(await update(by, id, { displayName: 'Renamed' }));
    ok(await update(by, id, { rules: { ...ALLOW.rules, removal } }));
    expect(await readProtection(id)).toMatchObject({ privilegedUsers: 'allow' });
    ok(await update(by, id, { rules: { removal } }));
    expect(await readProtection(id)).toMatchObject({ privilegedUsers: 'refuse' });
    expect(errorOf(await update(by, id, ALLOW)).code).toBe('PERMISSION_NOT_YOURS');
  });

  it('are disabled by hand only by somebody who may give such roles, and root users by nobody', async () => {
    const admin = await person('admin');
    const byDepartment = await person();
    await department({ roles: ['admin'], members: [byDepartment] });
    const plain = await person();
    const lesser = await signedIn(await person(await role({ snippets: ['pm.user-data-sync'] })));
    const greater = await signedIn(await person('admin'));
    const disable = (by: Caller, userId: number) => by.post('/api/userData:disableUser', { userId });
    for (const { id } of [admin, byDepartment]) {
      const before = await stateOf(id);
      const refused = await disable(lesser, id);
      expect([refused.status, errorOf(refused).code]).toEqual([409, 'PROTECTED_USER']);
      expect(errorOf(refused).message).toContain('Only somebody who can manage all roles or all users');
      expect(await stateOf(id)).toEqual(before);
      ok(await disable(greater, id));
    }
    ok(await disable(lesser, plain.id));
    expect(errorOf(await disable(greater, 1)).message).toBe('User 1 is protected. Root users cannot be disabled.');
  });
});

describe('how users sign in', () => {
  const IDENTITY = ['username', 'email', 'phone'];

  it('is changed like everything else unless the rules keep it', async () => {
    const someone = await person();
    const { push } = await source();
    await push([{ uid: 's', email: someone.email }], { matchKey: 'email' });
    const changed = { username: next('changed'), email: `${next('changed')}@example.com`, phone: next('+') };
    const answer = await push([{ uid: 's', ...changed }]);
    expect(detailOf(answer).warnings).toEqual([]);
    expect(await host.rows('users', { where: { id: someone.id } })).toMatchObject([changed]);
  });

  it('is kept, with a warning, of who was there before the source: now found, found before, or made by another', async () => {
    const byHand = await person();
    const other = await source();
    const theirs = { username: next('theirs'), email: `${next('theirs')}@example.com`, phone: next('+') };
    await other.push([{ uid: 'o', ...theirs }]);
    const { push } = await source({ identity: 'keep' });
    const before = await host.rows('users', { where: { username: [byHand.username, theirs.username] }, order: ['id'] });
    const identity = (person: { email: string }, uid: string) => ({
      uid,
      email: person.email,
      nickname: 'Changed',
      username: next('mallory'),
      phone: next('+'),
    });
    const records = [identity(byHand, 'h'), identity(theirs, 'o')];
    const first = await push(records, { matchKey: 'email' });
    expect(detailOf(first).warnings).toMatchObject([
      { code: 'IDENTITY_KEPT', count: 2, uids: ['h', 'o'] },
      { code: 'IDENTITY_KEPT', count: 2, uids: ['h', 'o'] },
    ]);
    const moved = records.map((record) => ({ ...record, email: `${next('mallory')}@example.com` }));
    const second = await push(moved);
    expect(detailOf(second).count).toMatchObject({ unchanged: 2, failed: 0, warnings: 6 });
    const after = await host.rows('users', { where: { id: before.map(({ id }) => id) }, order: ['id'] });
    for (const [index, row] of after.entries())
      expect(row).toMatchObject({
        nickname: 'Changed',
        ...Object.fromEntries(IDENTITY.map((field) => [field, before[index][field]])),
      });
  });

  it('is changed of users whom the source made, also after another found them', async () => {
    const { push } = await source({ identity: 'keep' });
    const record = { uid: 'm', username: next('mine'), email: `${next('mine')}@example.com` };
    await push([record]);
    const [{ id }] = await host.rows<{ id: number }>('users', { where: { username: record.username } });
    await (await source()).push([{ uid: 'x', email: record.email }], { matchKey: 'email' });
    const changed = { username: next('mine'), email: `${next('mine')}@example.com` };
    expect(detailOf(await push([{ uid: 'm', ...changed }])).warnings).toEqual([]);
    expect(await host.rows('users', { where: { id } })).toMatchObject([changed]);
  });

  it('that is kept stands in nobody’s way who gets the value by the same delivery', async () => {
    const someone = await person();
    const { push } = await source({ identity: 'keep' });
    await push([{ uid: 's', email: someone.email }], { matchKey: 'email' });
    const answer = await push([
      { uid: 's', email: `${next('moved')}@example.com` },
      { uid: 'n', username: next('new'), email: someone.email },
    ]);
    expect(failuresIn(answer)).toEqual([['n', 'UNIQUE_CONFLICT']]);
    expect(await host.rows('users', { where: { id: someone.id } })).toMatchObject([{ email: someone.email }]);
  });
});

describe('a department that gives a role', () => {
  const idOf = async (username: string) => (await host.rows<{ id: number }>('users', { where: { username } }))[0].id;

  it.each<[string, Partial<ProtectionRules>, string]>([
    ['root', {}, 'root'],
    ['a privileged role', {}, 'admin'],
    ['a privileged role, whatever is allowed', { departmentRoles: 'allow', privilegedUsers: 'allow' }, 'admin'],
    ['any role', {}, 'ordinary'],
  ])('takes no members from a source when it gives %s; the rest of the record is applied', async (_, rules, given) => {
    const from = await source(rules);
    const name = given === 'ordinary' ? await role() : given;
    const closed = await deliveredDepartment(from, 'closed', name);
    const open = await deliveredDepartment(from, 'open');
    const record = {
      uid: 'p',
      username: next('pushed'),
      nickname: 'Applied',
      departments: [{ uid: 'closed', isOwner: true, isMain: true }, 'open'],
    };
    for (let time = 0; time < 2; time += 1) {
      const answer = await from.push([record]);
      expect(failuresIn(answer)).toEqual([]);
      expect(failuresIn(answer, 'departments')).toEqual([['p', 'PROTECTED_DEPARTMENT']]);
      const id = await idOf(record.username);
      expect(await membersOf(closed)).toEqual([]);
      expect(await membersOf(open)).toEqual([id]);
      expect(await host.rows('users', { where: { id } })).toMatchObject([{ nickname: 'Applied' }]);
      const [{ mainDepartmentId }] = await host.rows('users', { where: { id } });
      expect(Number(mainDepartmentId)).toBe(Number(open));
    }
    const before = await dumpWritable(host);
    await from.push([record]);
    expect(await dumpWritable(host)).toBe(before);
    expect(failuresIn(await from.push([{ ...record, departments: ['open'] }]), 'departments')).toEqual([]);
  });

  it('takes them where an ordinary role is allowed', async () => {
    const from = await source({ departmentRoles: 'allow' });
    const id = await deliveredDepartment(from, 'd', await role());
    const username = next('pushed');
    const answer = await from.push([{ uid: 'p', username, departments: ['d'] }]);
    expect(failuresIn(answer, 'departments')).toEqual([]);
    expect(await membersOf(id)).toEqual([await idOf(username)]);
  });

  it('takes them below one that gives a role: the host gives nothing there', async () => {
    const from = await source();
    await deliveredDepartment(from, 'above', 'admin');
    await from.push([{ uid: 'below', title: next('Below '), parentUid: 'above' }]);
    const answer = await from.push([{ uid: 'p', username: next('pushed'), departments: ['below'] }]);
    expect(failuresIn(answer, 'departments')).toEqual([]);
  });

  it('keeps those whom it had before, and takes nobody back', async () => {
    const from = await source();
    const byHand = await person();
    const id = await deliveredDepartment(from, 'd');
    const username = next('pushed');
    const record = { uid: 'p', username, departments: ['d'] };
    await from.push([record]);
    const own = await idOf(username);
    ok(await root.post(`/api/departments/${id}/members:add`, [byHand.id]));
    ok(await root.post(`/api/departments/${id}/roles:add`, [await role()]));
    const again = await from.push([{ ...record, nickname: 'Renamed' }]);
    expect(failuresIn(again, 'departments')).toEqual([]);
    const adopted = await from.push([{ uid: 'h', email: byHand.email, departments: ['d'] }], { matchKey: 'email' });
    expect(failuresIn(adopted, 'departments')).toEqual([]);
    expect((await membersOf(id)).sort()).toEqual([own, byHand.id].sort());

    ok(await root.post(`/api/departments/${id}/members:remove`, [own, byHand.id]));
    const back = await from.push([record, { uid: 'h', email: byHand.email, departments: ['d'] }]);
    expect(failuresIn(back, 'departments')).toEqual([
      ['p', 'PROTECTED_DEPARTMENT'],
      ['h', 'PROTECTED_DEPARTMENT'],
    ]);
    expect(await membersOf(id)).toEqual([]);

    // Who is put there by hand later is nobody's: the source does not take that away.
    ok(await root.post(`/api/departments/${id}/members:add`, [own]));
    await from.push([{ ...record, departments: [] }]);
    expect(await membersOf(id)).toEqual([own]);
  });

  it('says so in the task, with what was changed all the same', async () => {
    const from = await source();
    await deliveredDepartment(from, 'closed', 'admin');
    await deliveredDepartment(from, 'open');
    const answer = await from.push([{ uid: 'p', username: next('pushed'), departments: ['closed', 'open'] }]);
    const { taskId } = dataOf<never>(answer) as { taskId: number };
    const outcomes = await root.get(
      `/api/userDataSyncOutcomes:list?filter={"taskId":${taskId},"code":"PROTECTED_DEPARTMENT"}`,
    );
    expect(dataOf(ok(outcomes))).toMatchObject([
      { uid: 'p', action: 'failed', params: { department: 'closed', gives: 'privileged' } },
    ]);
    expect(dataOf<{ changes: object }[]>(outcomes)[0].changes).toHaveProperty('departments');
  });
});
