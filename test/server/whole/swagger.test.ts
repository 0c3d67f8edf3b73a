import Ajv, { type ValidateFunction } from 'ajv';
import type { Response } from 'supertest';
import { ExternalAPIError, SyncSource } from '../../../src/server';
import { errorStatus, type ErrorCode } from '../../../src/server/errors';
import document from '../../../src/swagger';
import { failuresOf, recordFailures, warnings } from '../../../src/swagger/errors';
import { TestApp } from '../../support/app';
import { Caller, detailOf, errorOf, type PushBody } from '../../support/http';

/** Codes that only the host's own actions answer with, or that only tasks have. */
const NOT_IN_ANSWERS: readonly ErrorCode[] = [
  'ACTION_NOT_AVAILABLE',
  'DISABLING_ELSEWHERE',
  'EXPIRED',
  'PERMISSION_NOT_YOURS',
  'FIELD_IN_USE',
  'FIELD_RESTORED',
  'REJECTED',
  'SUPERSEDED',
  'USER_DISABLED',
  'WOULD_BE_HELD',
];

type Action = keyof typeof failuresOf;
interface Operation {
  requestBody?: { content: { 'application/json': { schema: object; examples: Record<string, { value: unknown }> } } };
  responses: Record<string, { content: Record<string, { schema: object; example?: unknown }> }>;
}

const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
ajv.addSchema({ $id: 'openapi', components: document.components });
const compile = (schema: object): ValidateFunction =>
  ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"openapi#/components')) as object);

function operationOf(action: Action): Operation {
  return operationAt(`/userData:${action}`);
}

function operationAt(path: string): Operation {
  const { get, post } = (document.paths as Record<string, { get?: Operation; post?: Operation }>)[path];
  return (post ?? get) as Operation;
}

function expectValid(schema: object, value: unknown): void {
  const validate = compile(schema);
  validate(value);
  expect(validate.errors ?? []).toEqual([]);
}

/** A download is a buffer, or text when its type says so. */
const textOf = ({ text, body }: Response): string => (Buffer.isBuffer(body) ? body.toString() : text);

function expectDescribed(action: Action, response: Response): Response {
  return expectDescribedAt(`/userData:${action}`, response);
}

function expectDescribedAt(path: string, response: Response): Response {
  const described = operationAt(path).responses[response.status];
  expect([response.status, described !== undefined]).toEqual([response.status, true]);
  const { schema } = described.content[response.type];
  expectValid(schema, response.type === 'application/json' ? response.body : textOf(response));
  return response;
}

describe('the OpenAPI description', () => {
  it('names everything that a request can fail with, and nothing else', () => {
    const described = new Set<string>([...Object.values(failuresOf).flat(), ...recordFailures, ...warnings]);
    const expected = Object.keys(errorStatus).filter((code) => !NOT_IN_ANSWERS.includes(code as ErrorCode));
    expect([...described].sort()).toEqual(expected.sort());
  });

  it('refers only to what it has', () => {
    const refs = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
    expect(refs.length).toBeGreaterThan(0);
    expect(refs.filter((name) => !(name in document.components.schemas))).toEqual([]);
  });

  it('has examples that are what it says', () => {
    for (const action of Object.keys(failuresOf) as Action[]) expect(operationOf(action)).toBeDefined();
    for (const path of Object.keys(document.paths)) {
      const { requestBody, responses } = operationAt(path);
      const body = requestBody?.content['application/json'];
      for (const { value } of Object.values(body?.examples ?? {})) expectValid(body?.schema as object, value);
      for (const { schema, example } of Object.values(responses[200].content)) expectValid(schema, example);
    }
  });
});

describe('a running application does what the description says', () => {
  let host: TestApp;
  let admin: Caller;
  let pusher: Caller;
  let finish: () => void;

  beforeAll(async () => {
    process.env.REQUEST_BODY_LIMIT = '200kb';
    host = await TestApp.start();
    admin = new Caller(host, await host.adminToken());
    const names = ['everybody', 'empty', 'decided', 'rejected', 'previewed', 'failing', 'purged', 'signing'];
    pusher = new Caller(host, await host.pushKey(...names));
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    class SlowSource extends SyncSource {
      async pull(): Promise<never> {
        await finished;
        throw new Error('unreachable');
      }
    }
    host.plugin.sourceManager.registerType('slow', { syncSource: SlowSource });
    for (const [name, error] of [
      ['broken', new Error('connect ECONNREFUSED')],
      ['refusing', new ExternalAPIError('401 Unauthorized.')],
    ] as const) {
      class FailingSource extends SlowSource {
        override testConnection() {
          return Promise.reject(error);
        }
      }
      host.plugin.sourceManager.registerType(name, { syncSource: FailingSource });
    }
    for (const [name, sourceType, enabled] of [
      ['slow', 'slow', true],
      ['gone', 'gone', true],
      ['off', 'api', false],
    ])
      await host.db.getRepository('userDataSyncSources').create({ values: { name, sourceType, enabled, options: {} } });
  });
  afterAll(() => host?.stop());
  afterEach(() => jest.restoreAllMocks());

  const requestSchema = { $ref: '#/components/schemas/userDataPush' };
  const push = async (body: unknown) => {
    expectValid(requestSchema, body);
    return expectDescribed('push', await pusher.push(body));
  };

  it('for pushes that succeed, fail in part and warn', async () => {
    const departments = [
      { uid: 'a', title: 'A' },
      { uid: 7, title: 'Seven', parentUid: 'a' },
      { uid: 'self', title: 'Self', parentUid: 'self' },
      { uid: 'orphan', title: 'Orphan', parentUid: 'missing' },
    ];
    await push({ dataType: 'department', records: departments, mode: 'delta', dryRun: false, sourceName: null });
    const users = [
      { uid: 1, nickname: 'One', username: 'one', departments: ['a', 7, { uid: 'later', isMain: true }], shoeSize: 4 },
      { uid: 'two', username: 'one' },
      { uid: 'root', username: 'nocobase', password: 'x' },
      { uid: 'two', username: 'one', email: null },
      { uid: 'gone', isDeleted: true },
    ];
    const detail = detailOf(await push({ dataType: 'user', matchKey: 'username', records: users }));
    expect(detail.failedRecords.length).toBeGreaterThan(0);
    expect(detail.warnings.length).toBeGreaterThan(0);
    await push({ dataType: 'user', records: [] });
  });

  it('for full pushes and previews', async () => {
    const sourceName = 'everybody';
    const people = ['a', 'b', 'c'].map((uid) => ({ uid, username: `everybody-${uid}` }));
    await push({ sourceName, dataType: 'user', mode: 'full', records: people });
    const fewer = { sourceName, dataType: 'user', mode: 'full', records: people.slice(1) };
    const unreadable = { ...fewer, dryRun: true, records: [...fewer.records, { uid: 2 ** 60 }] };
    expect(detailOf(await push(unreadable)).warnings).toMatchObject([{ code: 'REMOVALS_POSTPONED' }]);
    expect(detailOf(await push({ ...fewer, dryRun: true })).count.disabled).toBe(1);
    expect(detailOf(await push(fewer)).count.disabled).toBe(1);
    expect(detailOf(await push({ ...fewer, mode: 'delta', records: people })).count.enabled).toBe(1);
  });

  it('for records that the schema would refuse: they fail one by one', async () => {
    const records = [{ nickname: 'no uid' }, { uid: 'x', isDeleted: 'no' }, { uid: {}, departments: 'x' }];
    expect(compile(requestSchema)({ dataType: 'user', records })).toBe(false);
    expect(
      detailOf(expectDescribed('push', await pusher.push({ dataType: 'user', records }))).failedRecords,
    ).toHaveLength(3);
  });

  it.each<[number, string, () => Promise<Response>]>([
    [400, 'INVALID_REQUEST', () => pusher.push({ dataType: 'user', records: 1 })],
    [400, 'UNKNOWN_MEMBER', () => pusher.push({ dataType: 'user', records: [], dryrun: true })],
    [400, 'UNKNOWN_DATA_TYPE', () => pusher.push({ dataType: 'x', records: [] })],
    [400, 'UNKNOWN_MATCH_KEY', () => pusher.push({ dataType: 'user', records: [], matchKey: 'id' })],
    [400, 'UNKNOWN_MODE', () => pusher.push({ dataType: 'user', records: [], mode: 'x' })],
    [400, 'INVALID_REQUEST', () => pusher.push({ dataType: 'user', records: [], dryRun: 'yes' })],
    [400, 'BODY_NOT_JSON', () => pusher.postText('/api/userData:push', '{')],
    [401, 'EMPTY_TOKEN', () => new Caller(host).push({})],
    [403, 'PUSH_NOT_ALLOWED', () => pusher.push({ dataType: 'user', records: [], sourceName: 'new' })],
    [405, 'METHOD_NOT_ALLOWED', () => pusher.get('/api/userData:push')],
    [409, 'SOURCE_DISABLED', () => admin.push({ dataType: 'user', records: [], sourceName: 'off' })],
    [409, 'REMOVAL_LIMIT', () => pusher.push({ dataType: 'user', records: [], mode: 'full', sourceName: 'empty' })],
    [409, 'SOURCE_NOT_PUSHABLE', () => admin.push({ dataType: 'user', records: [], sourceName: 'slow' })],
    [413, 'BODY_TOO_LARGE', () => pusher.push({ dataType: 'user', records: [{ uid: 'x'.repeat(300_000) }] })],
  ])('for pushes that are answered with %i %s', async (status, code, send) => {
    const response = await send();
    expect([response.status, errorOf(response).code]).toEqual([status, code]);
    expectDescribed('push', response);
  });

  it('for a push that nobody expected to fail', async () => {
    jest.spyOn(host.db.getModel('userDataSyncRecords'), 'findAll').mockRejectedValue(new Error('inner'));
    const response = await pusher.push({ dataType: 'user', records: [{ uid: 'x' }] });
    expect(expectDescribed('push', response).status).toBe(500);
  });

  it('for Sync and Retry', async () => {
    const pull = async (query: string, caller = admin) =>
      expectDescribed('pull', await caller.post(`/api/userData:pull${query}`));
    const retry = async (query: string) => expectDescribed('retry', await admin.post(`/api/userData:retry${query}`));

    const started = await pull('?name=slow');
    const { taskId } = (started.body as { data: { taskId: number } }).data;
    const [{ sourceId }] = await host.rows<{ sourceId: number }>('userDataSyncTasks', { where: { id: taskId } });
    const refusals: [Response, string][] = [
      [await pull('?name=slow'), 'SOURCE_BUSY'],
      [await pull('?name=gone'), 'SOURCE_TYPE_UNKNOWN'],
      [await pull('?name=off'), 'SOURCE_DISABLED'],
      [await pull('?name=api'), 'SOURCE_NOT_PULLABLE'],
      [await pull('?name=none'), 'SOURCE_NOT_FOUND'],
      [await pull(''), 'INVALID_REQUEST'],
      [await pull('?name=slow', pusher), 'NO_PERMISSION'],
      [expectDescribed('pull', await admin.get('/api/userData:pull?name=slow')), 'METHOD_NOT_ALLOWED'],
      [await retry(`?id=${taskId}&sourceId=4711`), 'SOURCE_NOT_FOUND'],
      [await retry(`?id=4711&sourceId=${sourceId}`), 'SOURCE_BUSY'],
      [await retry(`?id=x&sourceId=${sourceId}`), 'INVALID_REQUEST'],
    ];
    finish();
    await host.plugin.syncService.whenIdle();
    refusals.push([await retry(`?id=4711&sourceId=${sourceId}`), 'TASK_NOT_FOUND']);
    for (const [response, code] of refusals) expect(errorOf(response).code).toBe(code);
    expect((await retry(`?id=${taskId}&sourceId=${sourceId}`)).body).toEqual({ data: { taskId } });
    await host.plugin.syncService.whenIdle();
  });

  describe('for decisions', () => {
    const act = async (action: Action, body: object, caller = admin) => {
      const { schema } = operationOf(action).requestBody?.content['application/json'] ?? {};
      expectValid(schema as object, body);
      return expectDescribed(action, await caller.post(`/api/userData:${action}`, body));
    };
    const taskIdOf = ({ body }: Response) => (body as { data: { taskId: number } }).data.taskId;
    const ended = async (response: Response) => {
      await host.plugin.syncService.whenIdle();
      return taskIdOf(response);
    };
    const idOf = async (name: string) =>
      (await host.rows<{ id: number }>('userDataSyncSources', { where: { name } }))[0].id;
    const people = (name: string, count: number) =>
      Array.from({ length: count }, (_, at) => ({ uid: `${at}`, username: `${name}-${at}` }));
    const held = async (name: string) => {
      await push({ sourceName: name, dataType: 'user', records: people(name, 60) });
      const response = await push({ sourceName: name, dataType: 'user', mode: 'full', records: people(name, 30) });
      return (errorOf(response) as { taskId?: number }).taskId as number;
    };

    it('about blocked tasks', async () => {
      const id = await held('decided');
      const shown = expectDescribedAt(
        '/userDataSyncTasks:get',
        await admin.get(`/api/userDataSyncTasks:get?filterByTk=${id}&appends=source,createdBy,decidedBy`),
      );
      expect(shown.body).toMatchObject({ data: { status: 'blocked', code: 'REMOVAL_LIMIT', params: { task: id } } });
      await ended(await act('approve', { id }));
      expect(errorOf(await act('approve', { id })).code).toBe('TASK_NOT_BLOCKED');
      expect(errorOf(await act('reject', { id: 4711 })).code).toBe('TASK_NOT_FOUND');
      const other = await held('rejected');
      await host.db.getModel('userDataSyncHeldDeliveries').destroy({ where: { taskId: other } });
      expect(errorOf(await act('approve', { id: other })).code).toBe('DELIVERY_GONE');
      expect((await act('reject', { id: other })).body).toEqual({ data: { taskId: other } });
    });

    it('about previews', async () => {
      const preview = { sourceName: 'previewed', dataType: 'user', dryRun: true, records: people('previewed', 2) };
      const first = taskIdOf(await push(preview));
      const second = await ended(await act('runNow', { id: first }));
      expect(second).not.toBe(first);
      expect(errorOf(await act('runNow', { id: second })).code).toBe('TASK_NOT_PREVIEW');
      expect(errorOf(await act('runNow', { id: first })).code).toBe('DELIVERY_GONE');
      expect(taskIdOf(await act('pull', { name: 'slow', dryRun: true }))).toEqual(expect.any(Number));
      await host.plugin.syncService.whenIdle();
    });

    it('about failed records', async () => {
      const records = [
        { uid: 'a', username: 'nocobase' },
        { uid: 'b', departments: 1 },
      ];
      const id = taskIdOf(await push({ sourceName: 'failing', dataType: 'user', records }));
      const sourceId = await idOf('failing');
      expect(await ended(await act('retryFailed', { sourceId, id }))).toBe(id);
      const rejected = taskIdOf(await push({ sourceName: 'failing', dataType: 'user', records: [records[1]] }));
      expect(errorOf(await act('retryFailed', { sourceId, id: rejected })).code).toBe('NOTHING_TO_RETRY');
      const fine = taskIdOf(await push({ sourceName: 'failing', dataType: 'user', records: [] }));
      expect(errorOf(await act('retryFailed', { sourceId, id: fine })).code).toBe('TASK_NOT_RETRYABLE');
      expect(errorOf(await act('retry', { sourceId, id })).code).toBe('SOURCE_NOT_PULLABLE');
    });

    it('about everything that a source brought in', async () => {
      await push({ sourceName: 'purged', dataType: 'user', records: people('purged', 2) });
      const sourceId = await idOf('purged');
      await ended(await act('purge', { sourceId, dryRun: true, deleteSource: true }));
      await ended(await act('purge', { sourceId, deleteSource: true }));
      expect(errorOf(await act('purge', { sourceId })).code).toBe('SOURCE_NOT_FOUND');
      expect(errorOf(await act('purge', { sourceId: await idOf('api'), deleteSource: true })).code).toBe(
        'SOURCE_BUILT_IN',
      );
    });

    it.each(['approve', 'reject', 'runNow', 'retryFailed', 'purge', 'disableUser', 'enableUser'] as const)(
      'and refusals of %s',
      async (action) => {
        const path = `/api/userData:${action}`;
        expect(errorOf(expectDescribed(action, await admin.post(path, {}))).code).toBe('INVALID_REQUEST');
        expect(errorOf(expectDescribed(action, await admin.get(path))).code).toBe('METHOD_NOT_ALLOWED');
        expect(errorOf(expectDescribed(action, await pusher.post(path, {}))).code).toBe('NO_PERMISSION');
        expect(errorOf(expectDescribed(action, await admin.postText(path, '{'))).code).toBe('BODY_NOT_JSON');
        expect(expectDescribed(action, await new Caller(host).post(path, {})).status).toBe(401);
      },
    );

    it('and who may sign in', async () => {
      await push({ sourceName: 'signing', dataType: 'user', records: people('signing', 2) });
      const users = await host.rows<{ id: number }>('users', { where: { username: ['signing-0', 'signing-1'] } });
      const [userId] = users.map(({ id }) => id);
      const list = async (query: string, caller = admin) =>
        expectDescribedAt(
          '/userDataSyncDisabledUsers:list',
          await caller.get(`/api/userDataSyncDisabledUsers:list?${query}`),
        );
      expect((await act('disableUser', { userId })).body).toEqual({ data: {} });
      await push({ sourceName: 'signing', dataType: 'user', mode: 'full', records: people('signing', 1) });
      const { data } = (await list('appends=user,disabledBy,task&sort=-disabledAt&pageSize=2')).body as {
        data: { cause: string; task: object | null }[];
      };
      expect(data).toMatchObject([
        { cause: 'sync', task: { mode: 'full' }, disabledBy: null },
        { cause: 'hand', task: null, disabledBy: { id: 1 } },
      ]);
      expect((await list('filter={"user.password":"x"}')).status).toBe(400);
      expect((await list('', pusher)).status).toBe(403);
      expect((await act('enableUser', { userId })).body).toEqual({ data: {} });
      expect(errorOf(await act('enableUser', { userId })).code).toBe('USER_NOT_DISABLED');
      expect(errorOf(await act('enableUser', { userId: 4711 })).code).toBe('USER_NOT_FOUND');
      expect(errorOf(await act('disableUser', { userId: 1 })).code).toBe('USER_IS_YOURSELF');
    });

    it('and the lists of what has been done', async () => {
      for (const resource of ['userDataSyncTasks', 'userDataSyncOutcomes', 'userDataSyncSources']) {
        const list = async (query: string, caller = admin) =>
          expectDescribedAt(`/${resource}:list`, await caller.get(`/api/${resource}:list?${query}`));
        const { data } = (await list('pageSize=200&sort=-id')).body as { data: object[] };
        expect(data.length).toBeGreaterThan(5);
        // Of tasks and outcomes there are those of own pushes.
        expect((await list('', pusher)).status).toBe(resource === 'userDataSyncSources' ? 403 : 200);
        expect((await list('', new Caller(host))).status).toBe(401);
      }
      expect((await admin.get('/api/userDataSyncOutcomes:list?filter={"held":true}')).body).toMatchObject({
        meta: { count: 60 },
      });
    });
  });

  it('for trying a source', async () => {
    const test = async (body: object, caller = admin) => {
      expectValid({ $ref: '#/components/schemas/userDataTest' }, body);
      return expectDescribed('testConnection', await caller.post('/api/userData:testConnection', body));
    };
    const users = { text: 'uid\ne-1\n', format: 'csv' };
    expect((await test({ sourceType: 'file', options: { users } })).body).toEqual({ data: { message: '1 user' } });
    const file = (input: object) => test({ sourceType: 'file', options: { users: { ...users, ...input } } });
    const refusals: [Response, string][] = [
      [expectDescribed('testConnection', await admin.post('/api/userData:testConnection', {})), 'INVALID_REQUEST'],
      [await test({ sourceType: 'file', options: {} }), 'SOURCE_OPTIONS_INVALID'],
      [await test({ sourceType: 'file', options: { users: { path: 'none.csv' } } }), 'FILE_NOT_FOUND'],
      [await file({ text: ' ' }), 'FILE_EMPTY'],
      [await file({ text: 'name\nAda\n' }), 'CSV_COLUMN_MISSING'],
      [await file({ text: '[', format: 'json' }), 'JSON_INVALID'],
      [await test({ sourceType: 'slow' }), 'SOURCE_NOT_TESTABLE'],
      [await test({ sourceType: 'none' }), 'SOURCE_TYPE_UNKNOWN'],
      [await test({ sourceType: 'broken' }), 'SOURCE_FAILED'],
      [await test({ sourceType: 'refusing' }), 'EXTERNAL_API_ERROR'],
      [await test({ id: 4711 }), 'SOURCE_NOT_FOUND'],
      [await test({ id: '1' }, pusher), 'NO_PERMISSION'],
      [expectDescribed('testConnection', await admin.get('/api/userData:testConnection')), 'METHOD_NOT_ALLOWED'],
    ];
    for (const [response, code] of refusals) expect([code, errorOf(response).code]).toEqual([code, code]);
    expect((await test({ id: 1 }, new Caller(host))).status).toBe(401);
  });

  it.each(['exportOutcomes', 'downloadPayload'] as const)('for %s', async (action) => {
    const { taskId } = ((await push({ dataType: 'user', records: [{ uid: 'loaded' }] })).body as PushBody).data;
    const load = async (query: string, caller = admin) =>
      expectDescribed(action, await caller.get(`/api/userData:${action}?${query}`));
    expect((await load(`taskId=${taskId}`)).status).toBe(200);
    expect(errorOf(await load('')).code).toBe('INVALID_REQUEST');
    expect(errorOf(await load('taskId=4711')).code).toBe('TASK_NOT_FOUND');
    expect(errorOf(await load(`taskId=${taskId}`, pusher)).code).toBe('NO_PERMISSION');
    expect((await load(`taskId=${taskId}`, new Caller(host))).status).toBe(401);
  });

  it('for the settings', async () => {
    const { schema } = operationOf('updateSettings').requestBody?.content['application/json'] ?? {};
    const update = async (body: object, caller = admin) =>
      expectDescribed('updateSettings', await caller.post('/api/userData:updateSettings', body));
    const read = async (caller = admin) => expectDescribed('settings', await caller.get('/api/userData:settings'));
    expect((await read()).status).toBe(200);
    for (const body of [{ outcomeDays: 1, taskDays: 36_500, userLimit: 10_000_000 }, { userLimit: null }, {}]) {
      expectValid(schema as object, body);
      expect((await update(body)).status).toBe(200);
    }
    for (const body of [{ outcomeDays: 0 }, { taskDays: 36_501 }, { userLimit: 0.5 }, { taskDays: null }, { id: 1 }]) {
      expect(compile(schema as object)(body)).toBe(false);
      expect(errorOf(await update(body)).code).toBe('INVALID_REQUEST');
    }
    const opened = expectDescribed('updateSettings', await admin.get('/api/userData:updateSettings'));
    expect(errorOf(opened).code).toBe('METHOD_NOT_ALLOWED');
    for (const response of [await read(pusher), await update({}, pusher)])
      expect(errorOf(response).code).toBe('NO_PERMISSION');
    for (const response of [await read(new Caller(host)), await update({}, new Caller(host))])
      expect(response.status).toBe(401);
  });

  it('for the history of changes', async () => {
    const list = async (query = '', caller = admin) =>
      expectDescribed('listChanges', await caller.get(`/api/userData:listChanges?${query}`));
    const records = [
      { uid: 'changed', username: 'changed' },
      { uid: 'root', username: 'nocobase' },
    ];
    await push({ matchKey: 'username', dataType: 'user', records });
    await push({ dataType: 'user', records: [{ uid: 'changed', username: 'changed', nickname: 'Changed' }] });
    const { data } = (await list()).body as { data: { changes: unknown; code: unknown }[] };
    expect(data.some(({ changes }) => changes !== null)).toBe(true);
    expect(data.some(({ code }) => code !== null)).toBe(true);
    expect((await list('search=changed&rowId=1&page=1&pageSize=200')).status).toBe(200);
    expect((await list('rowId=1&dataType=department')).status).toBe(200);
    expect(errorOf(await list('pageSize=201')).code).toBe('INVALID_REQUEST');
    expect(errorOf(await list('', pusher)).code).toBe('NO_PERMISSION');
    expect((await list('', new Caller(host))).status).toBe(401);
  });

  it('for sources and their rules', async () => {
    const paths = { create: '/userDataSyncSources:create', update: '/userDataSyncSources:update' };
    const schemaOf = (path: string) => operationAt(path).requestBody?.content['application/json'].schema as object;
    const post = async (path: string, query: string, body: object, caller = admin) =>
      expectDescribedAt(path, await caller.post(`/api${path}${query}`, body));
    const condition = { field: 'city', operator: 'matches', value: '^B' };
    const rules = {
      removal: { users: 'keep', departments: null },
      limits: { users: { count: 5, percent: 0.5 }, departments: null },
      scope: { users: [condition], departments: [], subtrees: ['a'] },
    };
    const values = { name: 'described', sourceType: 'api', enabled: true, options: {}, rules };
    expectValid(schemaOf(paths.create), values);
    const made = await post(paths.create, '', values);
    const { id } = (made.body as { data: { id: number } }).data;
    for (const body of [{ rules }, { rules: null }, { displayName: null }, { options: {} }]) {
      expectValid(schemaOf(paths.update), body);
      expect((await post(paths.update, `?filterByTk=${id}`, body)).status).toBe(200);
    }
    for (const wrong of [
      { removal: { users: 'disabled' } },
      { limits: { users: { count: -1 } } },
      { scope: { users: [{ ...condition, operator: 'is' }] } },
      { scope: { subtrees: [''] } },
      { more: 1 },
    ]) {
      expect(compile(schemaOf(paths.update))({ rules: wrong })).toBe(false);
      expect((await post(paths.update, `?filterByTk=${id}`, { rules: wrong })).status).toBe(400);
    }
    const destroy = '/userDataSyncSources:destroy';
    const [api] = await host.rows<{ id: number }>('userDataSyncSources', { where: { name: 'api' } });
    expect((await post(destroy, `?filterByTk=${api.id}`, {})).status).toBe(409);
    const get = '/userDataSyncSources:get';
    expect(expectDescribedAt(get, await admin.get(`/api${get}?filterByTk=${id}`)).status).toBe(200);
    expect((await post(paths.create, '', { ...values, name: 'x', sourceType: 'none' })).status).toBe(409);
    expect((await post(paths.update, '?filterByTk=4711', {})).status).toBe(404);
    expect((await post(paths.update, `?filterByTk=${id}`, {}, pusher)).status).toBe(403);
    expect((await post(paths.create, '', values, new Caller(host))).status).toBe(401);
    expect(expectDescribedAt(paths.update, await admin.get(`/api${paths.update}?filterByTk=${id}`)).status).toBe(405);
    expect((await post(destroy, `?filterByTk=${id}`, {})).body).toEqual({ data: 1 });
  });

  it('for the list of source types', async () => {
    const list = (caller: Caller) => caller.get('/api/userData:listSyncTypes');
    expect(expectDescribed('listSyncTypes', await list(admin)).status).toBe(200);
    expect(expectDescribed('listSyncTypes', await list(pusher)).status).toBe(403);
    expect(expectDescribed('listSyncTypes', await list(new Caller(host))).status).toBe(401);
    const roles = (caller: Caller) => caller.get('/api/userData:listPushRoles');
    const listed = expectDescribed('listPushRoles', await roles(admin));
    expect(listed.body).toEqual({ data: [{ name: 'pusher', title: 'Pusher' }] });
    expect(expectDescribed('listPushRoles', await roles(pusher)).status).toBe(403);
  });
});
