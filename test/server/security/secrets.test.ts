import { SyncSource } from '../../../src/server';
import { looksLikeSecret, MASK, maskSecrets } from '../../../src/server/security/secrets';
import { TestApp } from '../../support/app';
import { Caller, detailOf, errorOf, type PushBody } from '../../support/http';
import { payloadLines, payloadLogText } from '../../support/payload-log';

const SECRET = 'S3cret-of-the-test';
const hidden = (what: unknown) => expect(JSON.stringify(what)).not.toContain(SECRET);

describe('names of secrets', () => {
  it.each([
    'password',
    'Password',
    'userPassword',
    'PASSWORD_HASH',
    'passWord',
    'pwd',
    'secret',
    'clientSecret',
    'appsecret',
    'apiKey',
    'api-key',
    'APIKey',
    'API_KEYS',
    'token',
    'tokens',
    'accesstoken',
    'ACCESS-TOKEN',
    'token2',
    'privateKey',
    'Authorization',
    'cookies',
    'credentials',
    '密码',
    '登录密码',
  ])('%s is one', (name) => expect(looksLikeSecret(name)).toBe(true));

  it.each([
    'secretary',
    'tokenizer',
    'key',
    'passport',
    'compass',
    'monkey',
    'keyboard',
    'email',
    'cookieless',
    '部门',
  ])('%s is none', (name) => expect(looksLikeSecret(name)).toBe(false));

  it('are masked at any depth, and what is masked is a copy', () => {
    const value = { a: [{ b: { token: SECRET, n: 1 } }], password: null, secrets: [SECRET], at: new Date(0) };
    expect(maskSecrets(value)).toEqual({
      a: [{ b: { token: MASK, n: 1 } }],
      password: null,
      secrets: MASK,
      at: '1970-01-01T00:00:00.000Z',
    });
    expect(value.secrets).toEqual([SECRET]);
  });
});

describe('in a running application', () => {
  let host: TestApp;
  let admin: Caller;
  let seen: Record<string, unknown> | undefined;
  const logged: unknown[] = [];

  beforeAll(async () => {
    host = await TestApp.start();
    admin = new Caller(host, await host.adminToken());
    class LdapSource extends SyncSource {
      async pull() {
        seen = this.options;
        return [];
      }
    }
    host.plugin.sourceManager.registerType('ldap', { syncSource: LdapSource, secretOptions: ['bindDN'] });
    for (const level of ['info', 'warn', 'error'] as const) {
      const log = (...items: unknown[]) => void logged.push(JSON.stringify(items));
      jest.spyOn(host.app.requestLogger, level).mockImplementation(log as never);
      jest.spyOn(host.app.logger, level).mockImplementation(log as never);
    }
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await host?.stop();
  });
  afterEach(() => hidden(logged.splice(0)));

  describe('options of a source', () => {
    const options = {
      url: 'ldaps://example.com',
      bindDN: SECRET,
      apiToken: SECRET,
      auth: { user: 'u', password: SECRET },
      servers: [{ host: 'a', secret: `${SECRET} 0` }, { host: 'b' }],
    };
    let id: number;
    const update = (values: object) => admin.post(`/api/userDataSyncSources:update?filterByTk=${id}`, values);
    const stored = async () =>
      (await host.rows<{ options: string }>('userDataSyncSources', { where: { id } })).map((row) =>
        JSON.stringify(row.options),
      )[0];
    /** The options as the source itself gets them. */
    const opened = async () => {
      await admin.post('/api/userData:pull', { name: 'directory' });
      await host.plugin.syncService.whenIdle();
      return seen;
    };

    beforeAll(async () => {
      const values = { name: 'directory', sourceType: 'ldap', enabled: true, options };
      const created = await admin.post('/api/userDataSyncSources:create', values);
      expect(created.status).toBe(200);
      hidden(created.body);
      id = (created.body as { data: { id: number } }).data.id;
    });

    it('are encrypted where they are stored, and reach the source as they were given', async () => {
      hidden(await stored());
      expect(await stored()).toContain('ldaps://example.com');
      expect(await opened()).toEqual(options);
    });

    it('are in no answer, whatever is asked for', async () => {
      for (const path of [
        'userDataSyncSources:list',
        'userDataSyncSources:list?fields=options',
        'userDataSyncSources:list?fields[]=id&fields[]=options',
        'userDataSyncSources:list?except=name',
        'userDataSyncSources:list?paginate=false',
        'userDataSyncSources:get?filterByTk=' + String(id),
        'userDataSyncTasks:list?appends=source',
        'userDataSyncTasks/1/source:get',
      ]) {
        const answer = await admin.get(`/api/${path}`);
        expect([path, answer.status]).toEqual([path, 200]);
        hidden(answer.body);
        expect(JSON.stringify(answer.body)).not.toContain('$encrypted');
      }
      for (const path of [
        'userDataSyncSources:get?filterByTk=' + String(id) + '&appends=tasks,tasks.source',
        'userDataSyncTasks:list?fields[]=id&fields[]=source.options&appends=source',
        'userDataSyncTasks/1/source:get?fields=options',
      ])
        expect([path, errorOf(await admin.get(`/api/${path}`)).code]).toEqual([path, 'INVALID_REQUEST']);
      const list = await admin.get(`/api/userDataSyncSources:get?filterByTk=${id}`);
      expect(list.body).toMatchObject({
        data: {
          options: { url: options.url, auth: { user: 'u' }, servers: [{ host: 'a' }, { host: 'b' }] },
          secretsSet: ['bindDN', 'apiToken', 'auth.password', 'servers.0.secret'],
        },
      });
    });

    it('cannot be found out by filtering or sorting', async () => {
      for (const query of [
        'filter={"options.apiToken.$encrypted.$includes":"a"}',
        'filter={"options":{"$notEmpty":true}}',
        'filter={"$and":[{"options.url":{"$eq":"a"}}]}',
        'filter[options][$notEmpty]=true',
        'sort=-options',
        'sort[]=options.apiToken',
      ]) {
        const answer = await admin.get(`/api/userDataSyncSources:list?${query}`);
        expect([query, answer.status, errorOf(answer).code]).toEqual([query, 400, 'INVALID_REQUEST']);
      }
      const bySource = await admin.get('/api/userDataSyncTasks:list?filter={"source.options.apiToken.$notEmpty":true}');
      expect(bySource.status).toBe(400);
    });

    it.each<[string, object]>([
      ['absent', { url: 'ldaps://example.com', auth: { user: 'u' }, servers: [{ host: 'a' }, { host: 'b' }] }],
      ['absent with what they are in', { url: 'ldaps://example.com', servers: options.servers }],
      ['empty', { ...options, bindDN: '', apiToken: '', auth: { user: 'u', password: '' } }],
      ['still masked', { ...options, bindDN: MASK, apiToken: MASK, auth: { user: 'u', password: MASK } }],
    ])('keep secrets that are %s', async (_, submitted) => {
      const answer = await update({ options: submitted });
      expect(answer.status).toBe(200);
      hidden(answer.body);
      expect(await opened()).toMatchObject({
        bindDN: SECRET,
        apiToken: SECRET,
        auth: { password: SECRET },
        servers: [{ host: 'a', secret: `${SECRET} 0` }, { host: 'b' }],
      });
    });

    it('lose secrets that are null, and take new ones', async () => {
      await update({ options: { ...options, bindDN: null, apiToken: `${SECRET} new` } });
      const now = await opened();
      expect(now).not.toHaveProperty('bindDN');
      expect(now).toMatchObject({ apiToken: `${SECRET} new`, auth: { password: SECRET } });
      hidden(await stored());
    });

    it('stay when something else of the source changes', async () => {
      const before = await stored();
      expect((await update({ enabled: true, displayName: 'Directory' })).status).toBe(200);
      expect(await stored()).toBe(before);
    });

    it.each<[string, object]>([
      ['a secret', { ...options, apiToken: { $encrypted: 'forged' } }],
      ['an ordinary option', { ...options, url: { $encrypted: 'forged' } }],
      ['a nested one', { ...options, auth: { user: { $encrypted: 'forged' } } }],
      ['an item of a list', { ...options, servers: [{ $encrypted: 'forged' }] }],
    ])('take no encrypted value from outside: %s', async (_, forged) => {
      const before = await stored();
      const answer = await update({ options: forged });
      expect([answer.status, errorOf(answer).code]).toEqual([400, 'SOURCE_OPTIONS_INVALID']);
      expect(await stored()).toBe(before);
    });

    it('are encrypted at the next start when an earlier version took them for ordinary options', async () => {
      const plain = { url: 'ldaps://example.com', unicodePwd: SECRET, login: { Kennwort: SECRET }, note: 'kept' };
      const values = { name: 'earlier', sourceType: 'ldap', enabled: true, options: {} };
      await host.db.getRepository('userDataSyncSources').create({ values });
      const where = { where: { name: 'earlier' } };
      await host.db.getModel('userDataSyncSources').update({ options: plain }, { ...where, hooks: false });
      expect(JSON.stringify(await host.rows('userDataSyncSources', where))).toContain(SECRET);
      const other = await TestApp.start({ nodeOf: host });
      await other.stop();
      const [row] = await host.rows('userDataSyncSources', where);
      hidden(row);
      expect(JSON.stringify(row.options)).toContain('kept');
      await admin.post('/api/userData:pull', { name: 'earlier' });
      await host.plugin.syncService.whenIdle();
      expect(seen).toEqual(plain);
    });

    it('are encrypted too when a plugin stores them in process', async () => {
      await host.db.getRepository('userDataSyncSources').create({
        values: { name: 'in process', sourceType: 'not registered', options: { nested: { clientSecret: SECRET } } },
      });
      hidden(await host.rows('userDataSyncSources', { where: { name: 'in process' } }));
    });
  });

  describe('a delivery', () => {
    const records = [
      { uid: 'ok', nickname: 'Ok', password: SECRET, nested: { list: [{ accessToken: SECRET, note: 'kept' }] } },
      { uid: 'bad', isDeleted: 'no', token: SECRET },
      { nickname: 'No uid', clientSecret: SECRET },
    ];

    it('is in the payload log as received, rejected records too, with secrets masked', async () => {
      const before = Date.now();
      const answer = await admin.push({ dataType: 'user', records, sourceName: 'HR' });
      hidden(answer.body);
      expect(detailOf(answer).failedRecords).toHaveLength(2);
      const { taskId } = (answer.body as PushBody).data;
      const lines = payloadLines(taskId);
      const [task] = await host.rows('userDataSyncTasks', { where: { id: taskId } });
      expect(lines).toMatchObject([
        {
          source: 'HR',
          sourceType: 'api',
          batch: task.batch,
          taskId,
          dataType: 'user',
          mode: 'delta',
          part: 1,
          records: [
            { uid: 'ok', nickname: 'Ok', password: MASK, nested: { list: [{ accessToken: MASK, note: 'kept' }] } },
            { uid: 'bad', isDeleted: 'no', token: MASK },
            { nickname: 'No uid', clientSecret: MASK },
          ],
        },
      ]);
      expect(Date.parse(lines[0].timestamp ?? '')).toBeGreaterThan(before - 1000);
      hidden(payloadLogText());
    });

    it('is logged in lines of at most 1000 records', async () => {
      const many = Array.from({ length: 1001 }, (_, index) => ({ uid: `many ${index}`, isDeleted: true }));
      const answer = await admin.push({ dataType: 'user', records: many });
      const lines = payloadLines((answer.body as PushBody).data.taskId);
      expect(lines.map(({ part, records: { length } }) => [part, length])).toEqual([
        [1, 1000],
        [2, 1],
      ]);
    });

    it('leaves no secret in what is stored about it', async () => {
      for (const table of ['userDataSyncRecords', 'userDataSyncOutcomes', 'userDataSyncTasks', 'users'])
        hidden(await host.rows(table));
    });

    it.each<[string, () => Promise<unknown>]>([
      [
        'taken',
        () => admin.push({ dataType: 'user', records: [{ uid: 'log', nickname: 'Only once', token: SECRET }] }),
      ],
      [
        'malformed',
        () => admin.push({ dataType: 'x', records: [{ uid: 'log', nickname: 'Only once', token: SECRET }] }),
      ],
      ['sent without permission', () => new Caller(host).push({ records: [{ nickname: 'Only once', token: SECRET }] })],
      ['sent to another action', () => admin.post('/api/userData:pull', { name: 'x', nickname: 'Only once' })],
    ])('has no copy in the host’s request log when it is %s', async (_, send) => {
      await send();
      expect(logged.length).toBeGreaterThan(0);
      expect(logged.join()).not.toContain('Only once');
    });
  });
});
