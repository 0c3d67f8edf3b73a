import type { Response } from 'supertest';
import { DisabledUserStore } from '../../../src/server/disabled-users';
import { DataSource } from '@nocobase/data-source-manager';
import { TestApp } from '../../support/app';
import { Caller, errorOf } from '../../support/http';

const PASSWORD = 'long enough 1';

let host: TestApp;
let root: Caller;

beforeAll(async () => {
  host = await TestApp.start();
  root = new Caller(host, await host.adminToken());
});
afterAll(() => host?.stop());

interface Person {
  readonly id: number;
  readonly username: string;
  readonly caller: Caller;
}

/** A data source other than the host's own, with no more in it than a test puts there. */
class ExternalDataSource extends DataSource {
  override createCollectionManager() {
    const nothing = () => undefined;
    return {
      db: host.db,
      setDataSource: nothing,
      hasCollection: nothing,
      getCollection: nothing,
      getRepository: nothing,
    } as never;
  }
}

const signIn = (username: string, headers: Record<string, string> = {}) =>
  new Caller(host).post(
    '/api/auth:signIn',
    { account: username, password: PASSWORD },
    { 'X-Authenticator': 'basic', ...headers },
  );
const tokenOf = (answer: Response) => (answer.body as { data: { token: string } }).data.token;

/** A part of a form, as the host stores it. */
interface SchemaNode {
  'x-uid': string;
  properties: Record<string, SchemaNode>;
}

/** A person who is signed in. */
async function person(username: string, role: { name: string } = { name: 'member' }): Promise<Person> {
  const created = await root.post('/api/users:create', { username, password: PASSWORD, roles: [role] });
  const { id } = (created.body as { data: { id: number } }).data;
  return { id, username, caller: new Caller(host, tokenOf(await signIn(username))) };
}

const disable = (userId: unknown, by = root) => by.post('/api/userData:disableUser', { userId });
const enable = (userId: unknown, by = root) => by.post('/api/userData:enableUser', { userId });
const check = ({ caller }: Person) => caller.get('/api/auth:check');
const inTransaction = <T>(work: (store: DisabledUserStore, transaction: never) => Promise<T>) =>
  host.db.sequelize.transaction((transaction) => work(new DisabledUserStore(host.db), transaction as never));
const rowOf = async (userId: number) => (await host.rows('userDataSyncDisabledUsers', { where: { userId } }))[0];
const flagOf = async (id: number) =>
  Boolean((await host.rows<{ isDisabled: unknown }>('users', { where: { id } }))[0].isDisabled);
const statusAndCode = (answer: Response) => [answer.status, errorOf(answer)?.code];

describe('a disabled user', () => {
  it('cannot sign in, and is told why in their language', async () => {
    const { id, username } = await person('barred');
    expect((await disable(id)).status).toBe(200);
    const tokens = await host.rows('issuedTokens', { where: { userId: id } });

    const english = await signIn(username);
    expect(english.status).toBe(403);
    expect(errorOf(english)).toEqual({
      code: 'USER_DISABLED',
      message: 'Your account is disabled. Ask an administrator to enable it.',
    });
    expect(english.body).not.toHaveProperty('data');
    expect(await host.rows('issuedTokens', { where: { userId: id } })).toEqual(tokens);
    expect(errorOf(await signIn(username, { 'X-Locale': 'zh-CN' })).message).toBe(
      '您的账号已被禁用，请联系管理员启用。',
    );
  });

  it('learns nothing about an account whose password they do not know', async () => {
    const { id, username } = await person('guessed');
    await disable(id);
    const answer = await new Caller(host).post(
      '/api/auth:signIn',
      { account: username, password: 'wrong' },
      { 'X-Authenticator': 'basic' },
    );
    expect(errorOf(answer).code).not.toBe('USER_DISABLED');
    expect(answer.status).toBe(401);
  });

  it('is signed out of every session at once, and in again as soon as they are enabled', async () => {
    const someone = await person('signed-in');
    const other = new Caller(host, tokenOf(await signIn(someone.username)));
    expect((await check(someone)).status).toBe(200);
    await disable(someone.id);
    for (const caller of [someone.caller, other]) {
      for (const path of ['auth:check', 'roles:check', 'users:list', 'users/1/roles:list'])
        expect(statusAndCode(await caller.get(`/api/${path}`))).toEqual([401, 'USER_DISABLED']);
      expect(statusAndCode(await caller.post('/api/users:updateProfile', { nickname: 'X' }))).toEqual([
        401,
        'USER_DISABLED',
      ]);
    }
    await enable(someone.id);
    expect((await check(someone)).status).toBe(200);
    expect((await signIn(someone.username)).status).toBe(200);
  });

  it('cannot use an API key until they are enabled again', async () => {
    const someone = await person('with-key');
    await root.post('/api/roles:create', {
      name: 'keys',
      title: 'Keys',
      snippets: ['pm.api-keys.configuration', 'user-data-sync.push'],
    });
    await root.post('/api/roles/keys/users:add', [someone.id]);
    await host.letPush('keys');
    const values = { name: 'key', expiresIn: 'never', role: { name: 'keys' } };
    const key = new Caller(
      host,
      tokenOf(await someone.caller.post('/api/apiKeys:create', values, { 'X-Role': 'keys' })),
    );
    const push = () => key.push({ dataType: 'user', records: [] });
    expect((await push()).status).toBe(200);
    await disable(someone.id);
    expect(statusAndCode(await push())).toEqual([401, 'USER_DISABLED']);
    await enable(someone.id);
    expect((await push()).status).toBe(200);
  });

  it('is kept out of other data sources, too', async () => {
    const external = new ExternalDataSource({ name: 'external', resourceManager: { prefix: '/api' } });
    external.resourceManager.define({
      name: 'things',
      actions: { list: (ctx: { body: unknown }) => void (ctx.body = []) },
    });
    external.acl.allow('things', 'list', 'loggedIn');
    host.app.dataSourceManager.dataSources.set('external', external);
    const someone = await person('in-other-sources');
    const read = async () =>
      host.http
        .get('/api/things:list')
        .set({ Authorization: `Bearer ${someone.caller.token}`, 'X-Data-Source': 'external' });
    try {
      expect((await read()).status).toBe(200);
      await disable(someone.id);
      expect(statusAndCode(await read())).toEqual([401, 'USER_DISABLED']);
    } finally {
      host.app.dataSourceManager.dataSources.delete('external');
    }
  });

  it('can sign out, and sees what everybody sees before signing in', async () => {
    const { id, caller } = await person('leaving');
    await disable(id);
    for (const path of ['authenticators:publicList', 'app:getLang', 'systemSettings:get'])
      expect([path, (await caller.get(`/api/${path}`)).status]).toEqual([
        path,
        (await new Caller(host).get(`/api/${path}`)).status,
      ]);
    const again = await caller.post(
      '/api/auth:signIn',
      { account: 'admin@nocobase.com', password: 'admin123' },
      { 'X-Authenticator': 'basic' },
    );
    expect(again.status).toBe(200);
    expect((await caller.post('/api/auth:signOut')).status).toBe(200);
    await enable(id);
    // The session was ended by signing out.
    expect((await caller.get('/api/auth:check')).status).toBe(401);
  });

  it.each([undefined, false])('stays out when the host remembers them with the flag %s', async (isDisabled) => {
    const someone = await person(`remembered-${isDisabled}`);
    await disable(someone.id);
    await host.app.cache.set(`auth:${someone.id}`, { id: someone.id, username: someone.username, isDisabled });
    expect(statusAndCode(await check(someone))).toEqual([401, 'USER_DISABLED']);
  });

  it('stays out when a request of theirs, begun before, saves what it loaded', async () => {
    const someone = await person('overtaken');
    const loadedBefore = await host.db.getRepository('users').findOne({ filterByTk: someone.id });
    await disable(someone.id);
    // The end of `users:updateLang`.
    await (loadedBefore as { update(values: object): Promise<unknown> }).update({ appLang: 'de-DE' });
    expect(await host.app.cache.get(`auth:${someone.id}`)).toMatchObject({ isDisabled: false });
    expect(statusAndCode(await check(someone))).toEqual([401, 'USER_DISABLED']);
  });

  it('stays out when somebody changes their profile', async () => {
    const someone = await person('changed');
    await disable(someone.id);
    const update = await root.post(`/api/users:update?filterByTk=${someone.id}`, { nickname: 'Changed' });
    expect(update.status).toBe(200);
    expect(statusAndCode(await check(someone))).toEqual([401, 'USER_DISABLED']);
    expect((await signIn(someone.username)).status).toBe(403);
  });

  it('takes the row about them along when they are deleted', async () => {
    const { id } = await person('deleted');
    await disable(id);
    expect((await root.post(`/api/users:destroy?filterByTk=${id}`)).status).toBe(200);
    expect(await rowOf(id)).toBeUndefined();
  });
});

describe('a request of somebody who is enabled', () => {
  it('costs one statement more, about one row', async () => {
    const someone = await person('enabled');
    await check(someone);
    const query = jest.spyOn(host.db.sequelize, 'query');
    await check(someone);
    const statements = query.mock.calls.map(([sql]) => JSON.stringify(sql));
    query.mockRestore();
    const asked = statements.filter((sql) => sql.includes('isabled'));
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatch(new RegExp(`userId.{1,5}= '?${someone.id}'?`));
  });
});

describe('disabling by hand', () => {
  it('warns nobody that there are no other nodes to tell', async () => {
    const { id } = await person('alone');
    const warn = jest.spyOn(host.app.logger, 'warn');
    expect((await disable(id)).status).toBe(200);
    const warnings = warn.mock.calls;
    warn.mockRestore();
    expect(warnings).toEqual([]);
  });

  it('keeps who did it and when', async () => {
    const { id } = await person('by-hand');
    const before = Date.now();
    expect((await disable(id)).body).toEqual({ data: {} });
    expect(await flagOf(id)).toBe(true);
    const row = await rowOf(id);
    expect(row).toMatchObject({ cause: 'hand', sourceName: null, taskId: null });
    expect(Number(row.disabledById)).toBe(1);
    expect(new Date(row.disabledAt as string).getTime()).toBeGreaterThanOrEqual(before - 1000);
  });

  it('takes over from the run that disabled the user', async () => {
    const { id } = await person('gone-at-source');
    await inTransaction((store, transaction) => store.disable([id], { cause: 'sync', sourceName: 'hr' }, transaction));
    expect(await rowOf(id)).toMatchObject({ cause: 'sync', sourceName: 'hr' });
    expect((await disable(id)).status).toBe(200);
    expect(await rowOf(id)).toMatchObject({ cause: 'hand', sourceName: null });
    expect(await flagOf(id)).toBe(true);
  });

  it('changes nothing the second time', async () => {
    const { id } = await person('twice');
    await disable(id);
    const row = await rowOf(id);
    expect((await disable(id)).status).toBe(200);
    expect(await rowOf(id)).toEqual(row);
  });

  it('of the same user by two at once ends in one row', async () => {
    const { id } = await person('at-once');
    const answers = await Promise.all([disable(id), disable(id), disable(id)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await host.rows('userDataSyncDisabledUsers', { where: { userId: id } })).toHaveLength(1);
  });

  it('is refused for root users, oneself and nobody', async () => {
    const second = await person('second-root');
    await host.db.getModel('rolesUsers').create({ userId: second.id, roleName: 'root' }, { hooks: false });
    await root.post('/api/roles:create', { name: 'admins', title: 'Admins', snippets: ['pm.user-data-sync'] });
    const admin = await person('an-admin', { name: 'admins' });
    expect(statusAndCode(await disable(1))).toEqual([409, 'USER_IS_YOURSELF']);
    expect(statusAndCode(await disable(admin.id, admin.caller))).toEqual([409, 'USER_IS_YOURSELF']);
    expect(statusAndCode(await disable(1, admin.caller))).toEqual([409, 'PROTECTED_USER']);
    expect(statusAndCode(await disable(second.id))).toEqual([409, 'PROTECTED_USER']);
    expect(statusAndCode(await disable(999_999))).toEqual([404, 'USER_NOT_FOUND']);
    expect(statusAndCode(await enable(999_999))).toEqual([404, 'USER_NOT_FOUND']);
    expect(statusAndCode(await enable(second.id))).toEqual([409, 'USER_NOT_DISABLED']);
    for (const { id } of [{ id: 1 }, second, admin]) {
      expect(await flagOf(id)).toBe(false);
      expect(await rowOf(id)).toBeUndefined();
    }
  });

  it.each([undefined, null, '', 'x', -1, 1.5, [1], { $ne: 0 }])('refuses %p as a user', async (userId) => {
    expect(statusAndCode(await disable(userId))).toEqual([400, 'INVALID_REQUEST']);
    expect(statusAndCode(await enable(userId))).toEqual([400, 'INVALID_REQUEST']);
  });

  it('does not follow from opening a link', async () => {
    const { id } = await person('linked-to');
    for (const action of ['disableUser', 'enableUser'])
      expect(statusAndCode(await root.get(`/api/userData:${action}?userId=${id}`))).toEqual([
        405,
        'METHOD_NOT_ALLOWED',
      ]);
    expect(await flagOf(id)).toBe(false);
  });

  it('enables again whoever was disabled by a run', async () => {
    const someone = await person('back-again');
    await inTransaction((store, transaction) =>
      store.disable([someone.id], { cause: 'sync', sourceName: 'hr' }, transaction),
    );
    expect((await enable(someone.id)).body).toEqual({ data: {} });
    expect(await flagOf(someone.id)).toBe(false);
    expect(await rowOf(someone.id)).toBeUndefined();
  });

  it('needs the permission', async () => {
    const { id } = await person('wanted');
    for (const role of ['member', 'keys']) {
      const { caller } = await person(`asks-as-${role}`, { name: role });
      for (const answer of [await disable(id, caller), await enable(id, caller)])
        expect(statusAndCode(answer)).toEqual([403, 'NO_PERMISSION']);
      for (const action of ['list', 'get'])
        expect((await caller.get(`/api/userDataSyncDisabledUsers:${action}?filterByTk=1`)).status).toBe(403);
    }
    expect(await flagOf(id)).toBe(false);
  });
});

describe('the flag', () => {
  const repository = () => host.db.getRepository('users');
  const model = () => host.db.getModel('users');
  const refused = expect.objectContaining({ code: 'DISABLING_ELSEWHERE', status: 400 }) as Error;

  it('is refused in requests that change or make users', async () => {
    const someone = await person('flagged');
    const off = await person('flagged-off');
    await disable(off.id);
    const requests = [
      root.post(`/api/users:update?filterByTk=${someone.id}`, { nickname: 'X', isDisabled: true }),
      root.post(`/api/users:update?filterByTk=${off.id}`, { isDisabled: false }),
      root.post(`/api/users:update?filterByTk=${off.id}`, { isDisabled: null }),
      root.post('/api/users:update?filter={"username":"flagged"}', { isDisabled: true }),
      root.post('/api/users:create', { username: 'born-disabled', password: PASSWORD, isDisabled: true }),
      root.post('/api/users:updateOrCreate?filterKeys[]=username', { username: 'flagged', isDisabled: true }),
      root.post('/api/roles/member/users:create', { username: 'born-in-role', isDisabled: true }),
    ];
    for (const request of requests) expect(statusAndCode(await request)).toEqual([400, 'DISABLING_ELSEWHERE']);
    expect(await flagOf(someone.id)).toBe(false);
    expect(await flagOf(off.id)).toBe(true);
    expect(await host.rows('users', { where: { username: ['born-disabled', 'born-in-role'] } })).toEqual([]);
    expect((await host.rows('users', { where: { id: someone.id } }))[0].nickname).not.toBe('X');
  });

  it('is refused in the profile form when an administrator has put the field there', async () => {
    const schemas = host.db.getRepository('uiSchemas') as unknown as {
      getJsonSchema(uid: string): Promise<SchemaNode>;
      insertBeforeEnd(uid: string, schema: object): Promise<unknown>;
    };
    const form = await schemas.getJsonSchema('nocobase-user-profile-edit-form');
    const grid = form.properties.form.properties.edit.properties.grid['x-uid'];
    const field = { type: 'boolean', 'x-component': 'CollectionField', 'x-decorator': 'FormItem' };
    await schemas.insertBeforeEnd(grid, { type: 'void', name: 'disabled', properties: { isDisabled: field } });
    const answer = await root.post('/api/users:updateProfile', { username: 'nocobase', isDisabled: true });
    expect(statusAndCode(answer)).toEqual([400, 'DISABLING_ELSEWHERE']);
    expect(await flagOf(1)).toBe(false);
  });

  it('is refused in code, one user or many at a time', async () => {
    const { id, username } = await person('in-code');
    const off = await person('in-code-off');
    await disable(off.id);
    const instance = await repository().findOne({ filterByTk: id });
    const partial = await model().findOne({ where: { id: off.id }, attributes: ['id'] });
    const writes: (() => Promise<unknown>)[] = [
      () => repository().update({ filterByTk: id, values: { isDisabled: true } }),
      () => repository().update({ filter: { username }, values: { isDisabled: true }, individualHooks: false }),
      () => repository().create({ values: { username: 'new-in-code', isDisabled: true } }),
      () => repository().createMany({ records: [{ username: 'many-in-code', isDisabled: true }] }),
      () => (instance as { update(values: object): Promise<unknown> }).update({ isDisabled: true }),
      () => (partial as unknown as { update(values: object): Promise<unknown> }).update({ isDisabled: false }),
      () => model().update({ isDisabled: true }, { where: { id } }),
      () => model().update({ isDisabled: false }, { where: { id: off.id }, individualHooks: true }),
      () => model().bulkCreate([{ username: 'bulk-in-code', isDisabled: true }]),
      () => model().bulkCreate([{ id, username, isDisabled: false }], { updateOnDuplicate: ['isDisabled'] }),
      () => model().upsert({ id, isDisabled: true }),
    ];
    for (const [index, write] of writes.entries()) {
      const error: unknown = await write().catch((thrown: unknown) => thrown);
      expect([index, error]).toEqual([index, refused]);
    }
    expect(await flagOf(id)).toBe(false);
    expect(await flagOf(off.id)).toBe(true);
    const made = ['new-in-code', 'many-in-code', 'bulk-in-code'];
    expect(await host.rows('users', { where: { username: made } })).toEqual([]);
  });

  it('may be written as it is', async () => {
    const on = await person('as-it-is');
    const off = await person('as-it-is-off');
    await disable(off.id);
    const update = (id: number, body: object) => root.post(`/api/users:update?filterByTk=${id}`, body);
    expect((await update(on.id, { isDisabled: false, nickname: 'On' })).status).toBe(200);
    expect((await update(off.id, { isDisabled: true, nickname: 'Off' })).status).toBe(200);
    expect((await root.post('/api/users:create', { username: 'plain', isDisabled: false })).status).toBe(200);
    expect(await flagOf(off.id)).toBe(true);
  });

  it('is never written by a source', async () => {
    const records = [{ uid: 'wants-in', username: 'wants-in', isDisabled: true }];
    const answer = await root.push({ dataType: 'user', records });
    expect(JSON.stringify(answer.body)).toContain('FIELD_NOT_WRITABLE');
    const [user] = await host.rows<{ id: number }>('users', { where: { username: 'wants-in' } });
    expect(await flagOf(user.id)).toBe(false);
  });

  it('is shown with users to everybody who may see the list of users', async () => {
    const { id } = await person('shown');
    await disable(id);
    await root.post('/api/roles:create', { name: 'user-admins', title: 'User admins', snippets: ['pm.users'] });
    const { caller } = await person('sees-users', { name: 'user-admins' });
    const answer = await caller.get('/api/users:list?filter={"isDisabled":true}&pageSize=200');
    const shown = (answer.body as { data: { id: number; isDisabled: boolean }[] }).data;
    expect(shown.every(({ isDisabled }) => isDisabled)).toBe(true);
    expect(shown.map((user) => user.id)).toContain(id);
  });
});

describe('the list of disabled users', () => {
  const list = (query: string, by = root) => by.get(`/api/userDataSyncDisabledUsers:list?${query}`);

  it('says who was disabled by whom, and nothing that is nobody’s business', async () => {
    const admin = await person('list-admin', { name: 'admins' });
    const { id, username } = await person('listed');
    await disable(id, admin.caller);
    for (const appends of ['appends[]=user&appends[]=disabledBy&appends[]=task', 'appends=user,disabledBy,task']) {
      const answer = await list(`${appends}&sort=-disabledAt&filter={"userId":${id}}`, admin.caller);
      expect(answer.status).toBe(200);
      const { data, meta } = answer.body as { data: Record<string, unknown>[]; meta: object };
      expect(meta).toMatchObject({ count: 1, page: 1 });
      expect(data).toEqual([
        {
          id: expect.anything() as unknown,
          userId: id,
          disabledAt: expect.any(String) as string,
          cause: 'hand',
          sourceName: null,
          taskId: null,
          disabledById: admin.id,
          user: { id, nickname: null, username },
          disabledBy: { id: admin.id, nickname: null, username: 'list-admin' },
          task: null,
        },
      ]);
      const get = await admin.caller.get(
        `/api/userDataSyncDisabledUsers:get?filterByTk=${data[0].id as number}&${appends}`,
      );
      expect(get.body).toEqual({ data: data[0] });
    }
  });

  it('is searched and sorted by what it shows', async () => {
    const { id } = await person('searched');
    await disable(id);
    const search = '{"$or":[{"user.username":{"$includes":"searche"}},{"user":{"nickname":{"$includes":"nobody"}}}]}';
    const found = await list(`filter=${search}&appends=user&sort=-disabledAt,id`);
    expect((found.body as { data: { userId: number }[] }).data.map(({ userId }) => userId)).toEqual([id]);
  });

  it.each([
    'filter={"user.password":{"$includes":"a"}}',
    'filter={"user":{"password":{"$includes":"a"}}}',
    'filter={"$and":[{"$or":[{"user.resetToken.$notEmpty":true}]}]}',
    'filter={"disabledBy.roles.name":"root"}',
    'filter={"task.source.options":{"$includes":"a"}}',
    'sort=user.password',
    'sort=id,-user.password',
    'sort[]=-user.phone',
  ])('tells nothing by %s', async (query) => {
    expect(statusAndCode(await list(query))).toEqual([400, 'INVALID_REQUEST']);
  });

  it.each(['appends=user,user.roles', 'appends=user.createdBy', 'appends=task.source', 'fields=userId,user.password'])(
    'shows no more of a user: %s',
    async (query) => {
      expect(statusAndCode(await list(query))).toEqual([400, 'INVALID_REQUEST']);
    },
  );

  it('is written by nobody directly', async () => {
    const { id } = await person('row-kept');
    await disable(id);
    const row = await rowOf(id);
    const paths = ['create', 'update', 'destroy', 'move', 'updateOrCreate', 'firstOrCreate'].map(
      (action) => `userDataSyncDisabledUsers:${action}?filterByTk=${String(row.id)}`,
    );
    for (const path of [...paths, `userDataSyncDisabledUsers/${String(row.id)}/user:update?filterByTk=${id}`]) {
      const answer = await root.post(`/api/${path}`, { userId: id, cause: 'sync', nickname: 'X' });
      expect([path, ...statusAndCode(answer)]).toEqual([path, 405, 'ACTION_NOT_AVAILABLE']);
    }
    expect(await rowOf(id)).toEqual(row);
  });
});
