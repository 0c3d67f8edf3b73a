import type { Response } from 'supertest';
import { TestApp } from '../../support/app';
import { Caller, errorOf } from '../../support/http';

describe('a role that may only push', () => {
  let host: TestApp;
  let admin: Caller;
  let key: Caller;

  beforeAll(async () => {
    host = await TestApp.start();
    admin = new Caller(host, await host.adminToken());
    key = new Caller(host, await host.pushKey('listed'));
    const sources = host.db.getRepository('userDataSyncSources');
    const source = { sourceType: 'api', enabled: true, options: {} };
    const rules = { push: { roles: ['pusher'] } };
    await sources.create({ values: { ...source, name: 'not listed' } });
    await sources.create({ values: { ...source, name: 'others', rules: { push: { roles: ['hr-push', 'member'] } } } });
    await sources.create({ values: { ...source, name: 'off', enabled: false, rules } });
    await sources.create({ values: { ...source, name: 'off and not listed', enabled: false } });
    await sources.create({ values: { ...source, name: 'pulls', sourceType: 'file', rules } });
    await host.plugin.syncService.push({ sourceName: 'retired', dataType: 'user', records: [{ uid: 'retired' }] });
    // As the built-in plugin deletes a source: its records stay.
    await host.db.getModel('userDataSyncSources').destroy({ where: { name: 'retired' }, hooks: false });
  });
  afterAll(() => host?.stop());

  const push = (caller: Caller, sourceName?: string, more: object = {}) =>
    caller.push({ dataType: 'user', sourceName, records: [{ uid: 'x', nickname: 'X' }], ...more });
  const answered = (response: Response) => [response.status, errorOf(response)?.code];
  const written = async () => ({
    sources: await host.rows('userDataSyncSources'),
    tasks: await host.rows('userDataSyncTasks'),
    records: await host.rows('userDataSyncRecords'),
    users: await host.rows('users', { where: { nickname: 'X' } }),
  });

  it('pushes where a source names it', async () => {
    expect((await push(key)).status).toBe(200);
    expect((await push(key, 'listed')).status).toBe(200);
  });

  it.each(['brand new', 'not listed', 'others', 'off and not listed', 'pulls', 'retired'])(
    'gets the same answer for every other name, and leaves nothing behind: %s',
    async (name) => {
      const before = await written();
      for (const more of [{}, { dryRun: true }, { mode: 'full' }]) {
        const response = await push(key, name, more);
        expect(answered(response)).toEqual([403, 'PUSH_NOT_ALLOWED']);
        expect(errorOf(response).message).toBe(
          `The role pusher is not allowed to push to the source "${name}". An administrator can add the source, or add the role to "Roles that may push" of the source.`,
        );
      }
      expect(await written()).toEqual(before);
    },
  );

  it('cannot avoid a source that is off by a new name', async () => {
    expect(answered(await push(key, 'off'))).toEqual([409, 'SOURCE_DISABLED']);
    expect(answered(await push(key, 'off 2'))).toEqual([403, 'PUSH_NOT_ALLOWED']);
  });

  it('loses the way when the source names it no more', async () => {
    const [{ id }] = await host.rows<{ id: number }>('userDataSyncSources', { where: { name: 'listed' } });
    await admin.post(`/api/userDataSyncSources:update?filterByTk=${id}`, { rules: { push: { roles: [] } } });
    expect(answered(await push(key, 'listed'))).toEqual([403, 'PUSH_NOT_ALLOWED']);
    await admin.post(`/api/userDataSyncSources:update?filterByTk=${id}`, { rules: { push: { roles: ['pusher'] } } });
    expect((await push(key, 'listed')).status).toBe(200);
  });

  it('is not helped by a role that it has besides, which may not push itself', async () => {
    await host.db.getRepository('systemSettings').update({ filterByTk: 1, values: { roleMode: 'allow-use-union' } });
    await host.app.cache.del('app:systemSettings');
    const password = 'long enough 1';
    const roles = [{ name: 'pusher' }, { name: 'member' }];
    await admin.post('/api/users:create', { username: 'several', password, roles });
    const signedIn = await host.http
      .post('/api/auth:signIn')
      .set('X-Authenticator', 'basic')
      .send({ account: 'several', password });
    const union = new Caller(host, (signedIn.body as { data: { token: string } }).data.token);
    const asAll = (sourceName: string) =>
      union.push({ dataType: 'user', sourceName, records: [] }, { 'X-Role': '__union__' });
    expect((await asAll('listed')).status).toBe(200);
    expect(answered(await asAll('others'))).toEqual([403, 'PUSH_NOT_ALLOWED']);
    expect(answered(await asAll('brand new'))).toEqual([403, 'PUSH_NOT_ALLOWED']);
  });

  it('is unlike one that may configure sources, which pushes to all of them and makes new ones', async () => {
    const password = 'long enough 1';
    await admin.post('/api/roles:create', { name: 'syncer', title: 'Syncer', snippets: ['pm.user-data-sync'] });
    await admin.post('/api/users:create', { username: 'syncer', password, roles: [{ name: 'syncer' }] });
    const signedIn = await host.http
      .post('/api/auth:signIn')
      .set('X-Authenticator', 'basic')
      .send({ account: 'syncer', password });
    const syncer = new Caller(host, (signedIn.body as { data: { token: string } }).data.token);
    for (const caller of [syncer, admin]) {
      expect((await push(caller, 'not listed')).status).toBe(200);
      expect((await push(caller, `made by ${caller === admin ? 'root' : 'syncer'}`)).status).toBe(200);
      expect(answered(await push(caller, 'pulls'))).toEqual([409, 'SOURCE_NOT_PUSHABLE']);
      expect(answered(await push(caller, 'retired'))).toEqual([409, 'SOURCE_NOT_PUSHABLE']);
    }
    expect((await syncer.get('/api/userData:listPushRoles')).body).toEqual({
      data: [{ name: 'pusher', title: 'Pusher' }],
    });
    expect((await key.get('/api/userData:listPushRoles')).status).toBe(403);
  });
});
