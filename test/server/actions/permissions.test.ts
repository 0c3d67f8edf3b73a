import { userDataActions } from '../../../src/server/actions/user-data';
import { TestApp } from '../../support/app';
import { Caller, detailOf, errorOf } from '../../support/http';

const COLLECTIONS = [
  'userDataSyncSources',
  'userDataSyncTasks',
  'userDataSyncOutcomes',
  'userDataSyncRecords',
  'userDataSyncRecordsResources',
  'userDataSyncPendingLinks',
  'userDataSyncDisabledUsers',
  'userDataSyncHeldDeliveries',
  'userDataSyncPresence',
  'userDataSyncSettings',
];
const ASSOCIATIONS = ['userDataSyncSources/1/tasks', 'userDataSyncTasks/1/source', 'userDataSyncRecords/1/resources'];
/** Every action of the plugin but the one that a key for pushing is made for. */
const PAGE_ACTIONS = Object.keys(
  userDataActions(() => {
    throw new Error('Only the names are needed here.');
  }),
).filter((action) => action !== 'push');
const WRITES = [
  'create',
  'update',
  'destroy',
  'firstOrCreate',
  'updateOrCreate',
  'add',
  'set',
  'remove',
  'toggle',
  'move',
];

let host: TestApp;
let root: Caller;

beforeAll(async () => {
  host = await TestApp.start();
  root = new Caller(host, await host.adminToken());
  const records = [{ uid: 'seed', nickname: 'Seed', departments: ['awaited'] }];
  await root.push({ dataType: 'user', records });
});
afterAll(() => host?.stop());

/** A person with nothing but this role. */
async function personWith(role: string, options: object): Promise<Caller> {
  await root.post('/api/roles:create', { name: role, title: role, ...options });
  const password = 'long enough 1';
  await root.post('/api/users:create', { username: role, password, roles: [{ name: role }] });
  const signedIn = await host.http
    .post('/api/auth:signIn')
    .set('X-Authenticator', 'basic')
    .send({ account: role, password });
  return new Caller(host, (signedIn.body as { data: { token: string } }).data.token);
}

const routes = (actions: readonly string[]) =>
  [...COLLECTIONS, ...ASSOCIATIONS].flatMap((resource) => actions.map((action) => `/api/${resource}:${action}`));

/** Refused by permissions, or with 405 where the host lets an action through that exists for nobody here. */
async function expectRefused(caller: Caller, paths: readonly string[], statuses: readonly number[] = [403, 405]) {
  const passed: string[] = [];
  for (const path of paths) {
    const query = `${path}?filterByTk=1`;
    for (const answer of [await caller.get(query), await caller.post(query, { name: 'x', sourceType: 'api' })]) {
      if (!statuses.includes(answer.status)) passed.push(`${path} ${answer.status}`);
    }
  }
  expect(passed).toEqual([]);
}

describe('a role that may only push', () => {
  it.each(['role', 'API key'])('pushes, reads what became of it, and does nothing else (%s)', async (kind) => {
    const caller =
      kind === 'role'
        ? await personWith('onlypush', { snippets: ['user-data-sync.push'] })
        : new Caller(host, await host.pushKey());
    await host.letPush(kind === 'role' ? 'onlypush' : 'pusher');
    expect((await caller.push({ dataType: 'user', records: [] })).status).toBe(200);
    await expectRefused(
      caller,
      PAGE_ACTIONS.map((action) => `/api/userData:${action}`),
    );
    // `own-pushes.test.ts` says which of these it reads.
    const own = ['userDataSyncTasks:list', 'userDataSyncTasks:get', 'userDataSyncOutcomes:list'];
    const others = routes(['list', 'get', ...WRITES]).filter((path) => !own.includes(path.slice('/api/'.length)));
    await expectRefused(caller, others);
    expect((await caller.get('/api/users:list')).status).toBe(403);
  });

  it('cannot take another role by asking for it', async () => {
    const key = await host.db.getModel('apiKeys').findOne({ where: { name: 'push' }, raw: true });
    const caller = new Caller(host, (key as unknown as { token: string }).token);
    const answer = await caller.post('/api/userData:pull', { name: 'api' }, { 'X-Role': 'root' });
    expect(answer.status).toBe(403);
  });
});

describe('pm.user-data-sync', () => {
  it.each(['pm.user-data-sync', 'pm.*'])('%s gives everything but writing what runs write', async (snippet) => {
    const name = snippet === 'pm.*' ? 'pmall' : 'pmsync';
    const caller = await personWith(name, { snippets: [snippet] });
    for (const path of [
      '/api/userData:listSyncTypes',
      '/api/userData:listPushRoles',
      '/api/userData:exportOutcomes?taskId=1',
      '/api/userData:downloadPayload?taskId=1',
      '/api/userDataSyncSources:list',
      '/api/userDataSyncTasks:list?appends=source',
      '/api/userDataSyncTasks:get?filterByTk=1',
      '/api/userDataSyncOutcomes:list',
      '/api/userDataSyncDisabledUsers:list',
      '/api/userData:settings',
      '/api/userData:listChanges?search=seed',
    ])
      expect([path, (await caller.get(path)).status]).toEqual([path, 200]);
    const source = { name: `of ${name}`, sourceType: 'api', enabled: true };
    const created = await caller.post('/api/userDataSyncSources:create', source);
    expect(created.status).toBe(200);
    const { id } = (created.body as { data: { id: number } }).data;
    const update = { displayName: 'Renamed' };
    expect((await caller.post(`/api/userDataSyncSources:update?filterByTk=${id}`, update)).status).toBe(200);
    expect((await caller.post(`/api/userDataSyncSources:destroy?filterByTk=${id}`)).status).toBe(200);
    expect((await caller.push({ dataType: 'user', records: [] })).status).toBe(200);
    expect((await caller.post('/api/userData:pull', { name: 'nobody' })).status).toBe(404);
    for (const decision of ['approve', 'reject', 'runNow'])
      expect((await caller.post(`/api/userData:${decision}`, { id: 4711 })).status).toBe(404);
    for (const change of ['disableUser', 'enableUser'])
      expect((await caller.post(`/api/userData:${change}`, { userId: 4711 })).status).toBe(404);

    const writesOf = (resource: string) => WRITES.map((action) => `/api/${resource}:${action}`);
    await expectRefused(caller, [...COLLECTIONS.slice(1), ...ASSOCIATIONS].flatMap(writesOf));
    await expectRefused(
      caller,
      ['Records', 'PendingLinks', 'HeldDeliveries', 'Settings'].map((one) => `/api/userDataSync${one}:list`),
    );
  });
});

describe('who has no permission for this plugin', () => {
  it('sees and changes nothing, though it may view and change all data', async () => {
    const actions = ['create', 'view', 'update', 'destroy', 'export', 'importXlsx'];
    const strategy = { actions };
    const caller = await personWith('viewall', { strategy, snippets: ['!pm', '!pm.*', '!app', '!ui.*'] });
    expect((await caller.get('/api/users:list')).status).toBe(200);
    await expectRefused(caller, routes(['list', 'get', ...WRITES]));
    await expectRefused(
      caller,
      ['push', ...PAGE_ACTIONS].map((action) => `/api/userData:${action}`),
    );
  });

  it('gets no further as a member', async () => {
    const caller = await personWith('plain', {});
    await expectRefused(caller, [...routes(['list', 'get']), '/api/userData:push', '/api/userData:pull']);
  });

  it('is asked to sign in when nobody is signed in', async () => {
    const before = await host.rows('userDataSyncTasks');
    await expectRefused(new Caller(host), [...routes(['list', 'get', 'create']), '/api/userData:push'], [401]);
    expect(await host.rows('userDataSyncTasks')).toEqual(before);
  });
});

describe('an administrator', () => {
  it('cannot write tasks through a source', async () => {
    const before = await host.rows('userDataSyncTasks');
    const tasks = [{ batch: 'forged', status: 'success' }];
    const createdBy = { id: 1, nickname: 'Forged' };
    const values = { name: 'with tasks', sourceType: 'api', tasks, createdBy };
    const created = await root.post('/api/userDataSyncSources:create', values);
    expect(created.status).toBe(200);
    const { id } = (created.body as { data: { id: number } }).data;
    const query = `filterByTk=${id}&updateAssociationValues[]=tasks&updateAssociationValues[]=createdBy`;
    expect((await root.post(`/api/userDataSyncSources:update?${query}`, { tasks, createdBy })).status).toBe(200);
    expect(await host.rows('userDataSyncTasks')).toEqual(before);
    expect(await host.rows('users', { where: { nickname: 'Forged' } })).toEqual([]);
  });

  it('cannot get around the checks of a source', async () => {
    for (const path of [
      'userDataSyncSources:updateOrCreate',
      'userDataSyncSources:firstOrCreate',
      'userDataSyncTasks/1/source:update',
      'userDataSyncTasks/1/source:create',
    ]) {
      const answer = await root.post(`/api/${path}?filterByTk=1`, {
        values: { name: 'x', sourceType: 'nope' },
        filterKeys: ['name'],
      });
      expect([path, answer.status, errorOf(answer).code]).toEqual([path, 405, 'ACTION_NOT_AVAILABLE']);
    }
  });

  it.each<[string, unknown, string]>([
    ['no name', { sourceType: 'api' }, 'INVALID_REQUEST'],
    ['a name that is an object', { name: { $ne: '' }, sourceType: 'api' }, 'INVALID_REQUEST'],
    ['no type', { name: 'new' }, 'INVALID_REQUEST'],
    ['an unknown type', { name: 'new', sourceType: 'ldpa' }, 'SOURCE_TYPE_UNKNOWN'],
    ['options that are a list', { name: 'new', sourceType: 'api', options: [] }, 'SOURCE_OPTIONS_INVALID'],
    ['options that the type refuses', { name: 'new', sourceType: 'file', options: {} }, 'SOURCE_OPTIONS_INVALID'],
    ['enabled as a text', { name: 'new', sourceType: 'api', enabled: 'yes' }, 'INVALID_REQUEST'],
    ['a title that is an object', { name: 'new', sourceType: 'api', displayName: {} }, 'INVALID_REQUEST'],
    ['several at once', [{ name: 'new', sourceType: 'api' }], 'INVALID_REQUEST'],
  ])('cannot add a source with %s', async (_, body, code) => {
    const before = await host.rows('userDataSyncSources');
    const answer = await root.post('/api/userDataSyncSources:create', body);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(errorOf(answer).code).toBe(code);
    expect(await host.rows('userDataSyncSources')).toEqual(before);
  });

  it('cannot change what links and secrets hang on, nor many sources at once', async () => {
    const update = (query: string, body: object) => root.post(`/api/userDataSyncSources:update?${query}`, body);
    for (const body of [{ name: 'other' }, { sourceType: 'file' }])
      expect(errorOf(await update('filterByTk=1', body)).code).toBe('INVALID_REQUEST');
    expect(errorOf(await update('filter={"enabled":true}', { enabled: false })).code).toBe('INVALID_REQUEST');
    expect(errorOf(await update('filterByTk=4711', { enabled: false })).code).toBe('SOURCE_NOT_FOUND');
    const [source] = await host.rows('userDataSyncSources', { where: { id: 1 } });
    expect(source).toMatchObject({ name: 'api', sourceType: 'api' });
    expect(source.enabled).toBeTruthy();
  });

  it('cannot delete the built-in source, alone or among others', async () => {
    for (const query of ['filterByTk=1', 'filterByTk[]=1&filterByTk[]=2', 'filter={"enabled":true}']) {
      const answer = await root.post(`/api/userDataSyncSources:destroy?${query}`);
      expect([query, answer.status, errorOf(answer)?.code]).toEqual([query, 409, 'SOURCE_BUILT_IN']);
    }
    expect(await host.rows('userDataSyncSources', { where: { name: 'api' } })).toHaveLength(1);
  });
});

describe('a push', () => {
  const ROOT = { username: 'nocobase', email: 'admin@nocobase.com' };
  let second: { id: number };
  /** The host refuses to give this role through its repositories. */
  const makeRoot = (userId: number) =>
    host.db.getModel('rolesUsers').create({ userId, roleName: 'root' }, { hooks: false });

  beforeAll(async () => {
    const values = { username: 'second-root', nickname: 'Second', phone: '+49 30 1' };
    second = (await host.db.getRepository('users').create({ values })) as { id: number };
    await makeRoot(second.id);
    await host.db.getModel('users').update({ phone: '+49 30 0' }, { where: { id: 1 } });
  });

  const protectedRows = async () => ({
    users: await host.rows('users', { where: { id: [1, second.id] } }),
    roles: await host.rows('rolesUsers', { where: { userId: [1, second.id] } }),
    departments: await host.rows('departmentsUsers', { where: { userId: [1, second.id] } }),
  });

  it.each([
    ['username', ROOT.username],
    ['email', ROOT.email],
    ['phone', '+49 30 0'],
    ['username', 'second-root'],
    ['phone', '+49 30 1'],
  ])('never links, changes or deletes a root user that it finds by %s %s', async (matchKey, value) => {
    const before = await protectedRows();
    const uid = `by ${matchKey} ${value}`;
    const changed = { uid, [matchKey]: value, nickname: 'Taken over', departments: ['awaited'] };
    for (const record of [changed, { ...changed, isDeleted: true }, changed]) {
      const answer = await root.push({ dataType: 'user', matchKey, records: [record] });
      const { count, failedRecords } = detailOf(answer, 'users');
      if (record !== changed) expect(count).toMatchObject({ deleted: 0 });
      else expect(failedRecords).toMatchObject([{ code: 'PROTECTED_USER' }]);
    }
    const records = [{ uid: 'awaited', title: 'Awaited' }];
    await root.push({ dataType: 'department', records });
    expect(await protectedRows()).toEqual(before);
    expect(
      await host.rows('userDataSyncRecordsResources', {
        where: { resource: 'users', resourcePk: ['1', String(second.id)] },
      }),
    ).toEqual([]);
  });

  it('takes no unique value away from a root user', async () => {
    const before = await protectedRows();
    const records = [{ uid: 'thief', username: ROOT.username, email: 'thief@example.com' }];
    const { failedRecords } = detailOf(await root.push({ dataType: 'user', matchKey: 'email', records }));
    expect(failedRecords).toMatchObject([{ code: 'UNIQUE_CONFLICT' }]);
    expect(await protectedRows()).toEqual(before);
  });

  it('does not reach a user by guessing an id as uid', async () => {
    const before = await protectedRows();
    const records = ['1', 1, String(second.id)].map((uid) => ({ uid, nickname: 'Guessed', isDeleted: false }));
    await root.push({ dataType: 'user', records });
    await root.push({ dataType: 'user', records: records.map((record) => ({ ...record, isDeleted: true })) });
    expect(await protectedRows()).toEqual(before);
  });

  it('leaves a linked user alone once that user has become root', async () => {
    const waiting = { uid: 'promoted', username: 'promoted', departments: ['later'] };
    await root.push({ dataType: 'user', records: [waiting] });
    const [user] = await host.rows<{ id: number }>('users', { where: { username: 'promoted' } });
    await makeRoot(user.id);
    const state = async () => ({
      users: await host.rows('users', { where: { id: user.id } }),
      departments: await host.rows('departmentsUsers', { where: { userId: user.id } }),
    });
    const before = await state();
    await root.push({ dataType: 'department', records: [{ uid: 'later', title: 'Later' }] });
    for (const record of [
      { ...waiting, nickname: 'Changed' },
      { ...waiting, isDeleted: true },
    ]) {
      const { failedRecords } = detailOf(await root.push({ dataType: 'user', records: [record] }), 'users');
      expect(failedRecords).toMatchObject([{ code: 'PROTECTED_USER' }]);
    }
    expect(await state()).toEqual(before);
  });

  it('grants no role, whatever a record says', async () => {
    const records = ['root', 'admin', 'member'].map((role) => ({
      uid: `wants ${role}`,
      username: `wants-${role}`,
      roles: [role, { name: role }],
      rolesUsers: [{ roleName: role }],
      roleName: role,
      role,
    }));
    await root.push({ dataType: 'user', records });
    const users = await host.rows<{ id: number }>('users', { where: { username: records.map((one) => one.username) } });
    const granted = await host.rows('rolesUsers', { where: { userId: users.map(({ id }) => id) } });
    expect(granted.map(({ roleName }) => roleName)).toEqual(['member', 'member', 'member']);
  });
});
