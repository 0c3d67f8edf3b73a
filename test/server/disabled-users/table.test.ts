import type { Response } from 'supertest';
import { DisabledUserStore } from '../../../src/server/disabled-users';
import { TestApp } from '../../support/app';
import { Caller, detailOf, errorOf } from '../../support/http';

const PASSWORD = 'long enough 1';
const COLLECTION_ADMIN = 'collection-admin';

let host: TestApp;
let root: Caller;

beforeAll(async () => {
  host = await TestApp.start();
  root = new Caller(host, await host.adminToken());
});
afterAll(() => host?.stop());

const signIn = (username: string) =>
  new Caller(host).post('/api/auth:signIn', { account: username, password: PASSWORD }, { 'X-Authenticator': 'basic' });
const statusAndCode = (answer: Response) => [answer.status, errorOf(answer)?.code];

async function person(username: string, role = 'member') {
  const created = await root.post('/api/users:create', { username, password: PASSWORD, roles: [{ name: role }] });
  const { id } = (created.body as { data: { id: number } }).data;
  const { token } = ((await signIn(username)).body as { data: { token: string } }).data;
  return { id, username, caller: new Caller(host, token) };
}

type Person = Awaited<ReturnType<typeof person>>;

const disable = (userId: number) => root.post('/api/userData:disableUser', { userId });
const check = ({ caller }: Person) => caller.get('/api/auth:check');
const sql = (statement: string) => host.db.sequelize.query(statement);
const quoted = (name: string) => host.db.sequelize.getQueryInterface().quoteIdentifier(name);
const setFlag = (id: number, value: boolean) =>
  host.db.getModel('users').update({ isDisabled: value }, { where: { id }, hooks: false });
const flagOf = async (id: number) =>
  Boolean((await host.rows<{ isDisabled: unknown }>('users', { where: { id } }))[0].isDisabled);
const usersTable = () => String(host.db.getModel('users').getTableName());
const columns = async () =>
  Object.keys(
    await host.db.sequelize
      .getQueryInterface()
      .describeTable(host.db.getCollection('users').getTableNameWithSchema() as string),
  );
const dropColumn = () => sql(`ALTER TABLE ${quoted(usersTable())} DROP COLUMN ${quoted('isDisabled')}`);

describe('who is disabled is what the table says, whatever the flag says', () => {
  it('who has a row and no flag is out', async () => {
    const someone = await person('row-only');
    await disable(someone.id);
    await setFlag(someone.id, false);
    await host.app.cache.del(`auth:${someone.id}`);
    expect(statusAndCode(await check(someone))).toEqual([401, 'USER_DISABLED']);
    expect(statusAndCode(await signIn(someone.username))).toEqual([403, 'USER_DISABLED']);
    expect((await root.post('/api/userData:enableUser', { userId: someone.id })).status).toBe(200);
    expect((await check(someone)).status).toBe(200);
  });

  it('who has a flag and no row is in, and counts as enabled', async () => {
    const someone = await person('flag-only');
    const store = new DisabledUserStore(host.db);
    const before = await store.countEnabled();
    await setFlag(someone.id, true);
    await host.app.cache.del(`auth:${someone.id}`);
    expect((await check(someone)).status).toBe(200);
    expect((await signIn(someone.username)).status).toBe(200);
    expect(await store.countEnabled()).toBe(before);
    const enabling = await root.post('/api/userData:enableUser', { userId: someone.id });
    expect(statusAndCode(enabling)).toEqual([409, 'USER_NOT_DISABLED']);
    await disable(someone.id);
    expect(await store.countEnabled()).toBe(before - 1);
  });

  it('a start makes the flags say what holds, and leaves the others alone', async () => {
    const [out, back, on] = [await person('start-out'), await person('start-back'), await person('start-on')];
    await disable(out.id);
    await setFlag(out.id, false);
    await setFlag(back.id, true);
    const [{ updatedAt }] = await host.rows<{ updatedAt: unknown }>('users', { where: { id: on.id } });
    await host.app.emitAsync('beforeStart', host.app, {});
    expect([await flagOf(out.id), await flagOf(back.id), await flagOf(on.id)]).toEqual([true, false, false]);
    expect((await host.rows('users', { where: { id: on.id } }))[0].updatedAt).toEqual(updatedAt);
  });
});

describe('the field isDisabled in the collection manager', () => {
  let manager: Caller;
  let key: string;

  beforeAll(async () => {
    const snippets = ['pm.data-source-manager.data-source-main', 'pm.data-source-manager'];
    await root.post('/api/roles:create', { name: COLLECTION_ADMIN, title: 'Collection admin', snippets });
    manager = (await person('collection-manager', COLLECTION_ADMIN)).caller;
  });

  /** Its row, which is made when users are taken into the collection manager. */
  const field = async () => (await host.rows('fields', { where: { collectionName: 'users', name: 'isDisabled' } }))[0];

  beforeAll(async () => {
    key = (await field())?.key as string;
    expect(key).toEqual(expect.any(String));
  });

  const otherFields = async () => {
    const fields = await host.db.getRepository('fields').find({ filter: { collectionName: 'users' } });
    return fields
      .map((one: { toJSON(): unknown }) => one.toJSON() as Record<string, unknown>)
      .filter(({ name }: Record<string, unknown>) => name !== 'isDisabled') as Record<string, unknown>[];
  };

  const filterOf = 'filter={"collectionName":"users","name":"isDisabled"}';
  const type = 'string';
  it.each<[string, () => Promise<Response>]>([
    ['fields:destroy', () => manager.post(`/api/fields:destroy?filterByTk=${key}`)],
    ['fields:destroy by a filter', () => manager.post(`/api/fields:destroy?${filterOf}`)],
    ['collections.fields:destroy', () => manager.post('/api/collections/users/fields:destroy?filterByTk=isDisabled')],
    ['collections.fields:remove', () => manager.post('/api/collections/users/fields:remove', [key])],
    ['collections.fields:set', () => manager.post('/api/collections/users/fields:set', [])],
    ['fields:update of the type', () => manager.post(`/api/fields:update?filterByTk=${key}`, { type })],
    ['fields:update of the name', () => manager.post(`/api/fields:update?filterByTk=${key}`, { name: 'other' })],
    [
      'fields:update of the collection',
      () => manager.post(`/api/fields:update?filterByTk=${key}`, { collectionName: 'roles' }),
    ],
    ['fields:update to unique', () => manager.post(`/api/fields:update?filterByTk=${key}`, { unique: true })],
    ['fields:update to a default', () => manager.post(`/api/fields:update?filterByTk=${key}`, { defaultValue: true })],
    ['fields:update of the column', () => manager.post(`/api/fields:update?filterByTk=${key}`, { field: 'sort' })],
    [
      'collections.fields:update',
      () => manager.post('/api/collections/users/fields:update?filterByTk=isDisabled', { type }),
    ],
    [
      'fields:apply',
      () => manager.post('/api/fields:apply', { collectionName: 'users', name: 'isDisabled', interface: 'input' }),
    ],
    [
      'collections:setFields without it',
      async () => manager.post('/api/collections:setFields?filterByTk=users', { fields: await otherFields() }),
    ],
    [
      'collections:setFields with another type',
      async () =>
        manager.post('/api/collections:setFields?filterByTk=users', {
          fields: [...(await otherFields()), { name: 'isDisabled', type }],
        }),
    ],
    [
      'collections:apply without it',
      async () =>
        manager.post('/api/collections:apply', {
          name: 'users',
          replaceFields: true,
          fields: (await otherFields()).filter((one) => one.interface),
        }),
    ],
    [
      'collections:update without fields',
      () => manager.post('/api/collections:update?filterByTk=users', { fields: [] }),
    ],
    [
      'dataSourcesCollections.fields:update',
      () => manager.post('/api/dataSourcesCollections/main.users/fields:update?filterByTk=isDisabled', { type }),
    ],
  ])('%s neither deletes it nor changes what it is', async (_name, request) => {
    const before = await field();
    const answer = await request();
    expect([answer.text, answer.status]).toEqual([expect.stringContaining('FIELD_IN_USE'), 409]);
    expect(errorOf(answer).message).toContain('isDisabled');
    expect(await field()).toEqual(before);
    expect(await columns()).toContain('isDisabled');
    expect(host.db.getCollection('users').getField('isDisabled').options.type).toBe('boolean');
    expect((await root.get('/api/users:list?filter={"isDisabled":false}')).status).toBe(200);
  });

  it('may get another title, and other fields of users may go', async () => {
    const uiSchema = { type: 'boolean', title: 'Locked out', 'x-component': 'Checkbox', 'x-read-pretty': true };
    expect((await manager.post(`/api/fields:update?filterByTk=${key}`, { uiSchema })).status).toBe(200);
    const extra = { name: 'extra', type: 'string', interface: 'input' };
    expect((await manager.post('/api/collections/users/fields:create', extra)).status).toBe(200);
    expect((await manager.post('/api/collections/users/fields:destroy?filterByTk=extra')).status).toBe(200);
    expect(await columns()).not.toContain('extra');
  });

  it('of other collections is nobody’s business', async () => {
    const fields = [{ name: 'isDisabled', type: 'string', interface: 'input' }];
    expect((await manager.post('/api/collections:create', { name: 'machines', fields })).status).toBe(200);
    expect((await manager.post('/api/collections/machines/fields:destroy?filterByTk=isDisabled')).status).toBe(200);
  });
});

describe('when the column has been dropped with SQL', () => {
  let out: Person;
  let on: Person;

  beforeAll(async () => {
    [out, on] = [await person('dropped-out'), await person('dropped-on')];
    await disable(out.id);
  });

  const expectAllIsWell = async () => {
    expect(await columns()).toContain('isDisabled');
    expect(await flagOf(out.id)).toBe(true);
    expect(await flagOf(on.id)).toBe(false);
    expect((await signIn(on.username)).status).toBe(200);
    expect((await check(on)).status).toBe(200);
    expect(statusAndCode(await signIn(out.username))).toEqual([403, 'USER_DISABLED']);
    expect(statusAndCode(await check(out))).toEqual([401, 'USER_DISABLED']);
  };

  it('a request of somebody whom the host remembers works', async () => {
    expect((await check(on)).status).toBe(200);
    await dropColumn();
    expect((await check(on)).status).toBe(200);
  });

  it.each<[string, () => Promise<Response>]>([
    ['signing in', () => signIn(on.username)],
    ['a session', () => check(on)],
    ['a session of who is disabled', () => check(out)],
    ['the list of users', () => root.get('/api/users:list')],
  ])('%s puts it back and is to be repeated', async (_name, request) => {
    if ((await columns()).includes('isDisabled')) await dropColumn();
    // The host forgets nobody by itself.
    await host.app.cache.mdel(`auth:${on.id}`, `auth:${out.id}`);
    const answer = await request();
    expect(statusAndCode(answer)).toEqual([503, 'FIELD_RESTORED']);
    await expectAllIsWell();
  });

  it('disabling and enabling by hand put it back and work', async () => {
    await dropColumn();
    expect((await disable(on.id)).status).toBe(200);
    expect(await flagOf(on.id)).toBe(true);
    await dropColumn();
    expect((await root.post('/api/userData:enableUser', { userId: on.id })).status).toBe(200);
    await expectAllIsWell();
  });

  it('many requests at once put it back once', async () => {
    await dropColumn();
    await host.app.cache.del(`auth:${on.id}`);
    const answers = await Promise.all([1, 2, 3, 4].map(() => check(on)));
    expect(answers.map(({ status }) => status).filter((status) => ![200, 503].includes(status))).toEqual([]);
    await expectAllIsWell();
  });

  it('a run puts it back and does what it was asked to', async () => {
    await root.push({ dataType: 'user', records: [{ uid: 'leaving', username: 'leaving' }] });
    await dropColumn();
    const answer = await root.push({
      dataType: 'user',
      records: [
        { uid: 'leaving', isDeleted: true },
        { uid: 'coming', username: 'coming' },
      ],
    });
    expect(detailOf(answer).count).toMatchObject({ all: 2, failed: 0 });
    const rows = await host.rows('users', { where: { username: ['leaving', 'coming'] }, order: ['username'] });
    expect(rows.map(({ isDisabled }) => Boolean(isDisabled))).toEqual([false, true]);
    await expectAllIsWell();
  });

  it('the next start puts it back', async () => {
    await dropColumn();
    await host.app.emitAsync('beforeStart', host.app, {});
    await expectAllIsWell();
  });

  it('and cannot be added, the log says what to do, and the error stays what it was', async () => {
    await dropColumn();
    const sync = jest.spyOn(host.db.getCollection('users'), 'sync').mockRejectedValue(new Error('permission denied'));
    const error = jest.spyOn(host.app.logger, 'error');
    try {
      await host.app.emitAsync('beforeStart', host.app, {});
      expect(JSON.stringify(error.mock.calls)).toMatch(/isDisabled.*missing.*Add it.*permission denied/);
      expect(errorOf(await root.get('/api/users:list')).message).toBe('Invalid SQL column or table reference');
    } finally {
      sync.mockRestore();
      error.mockRestore();
    }
    expect(statusAndCode(await root.get('/api/users:list'))).toEqual([503, 'FIELD_RESTORED']);
    await expectAllIsWell();
  });
});
