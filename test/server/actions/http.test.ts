import type { Model } from '@nocobase/database';
import type { Response } from 'supertest';
import { SyncSource } from '../../../src/server';
import { TestApp } from '../../support/app';
import { Caller, detailOf, errorOf } from '../../support/http';

const TABLES = [
  'users',
  'departments',
  'rolesUsers',
  'departmentsUsers',
  'userDataSyncSources',
  'userDataSyncTasks',
  'userDataSyncOutcomes',
  'userDataSyncRecords',
  'userDataSyncRecordsResources',
  'userDataSyncPendingLinks',
];

/** Sources that are pushed to at the same time. */
const PARALLEL = ['one', 'two', 'three', 'four'];

let host: TestApp;
let admin: Caller;
let pusher: Caller;
const anonymous = () => new Caller(host);

beforeAll(async () => {
  process.env.REQUEST_BODY_LIMIT = '200kb';
  host = await TestApp.start();
  admin = new Caller(host, await host.adminToken());
  const names = [
    ...PARALLEL.map((name) => `parallel ${name}`),
    'left',
    'right',
    'bad users',
    'bad departments',
    'exact',
  ];
  pusher = new Caller(host, await host.pushKey(...names));
});
afterAll(() => host?.stop());

async function counts(): Promise<Record<string, number>> {
  const entries = TABLES.map(async (name) => [name, await host.db.getModel(name).count()] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** Sends a request and says how it was refused; nothing may have been written. */
async function refused(send: () => Promise<Response>) {
  const before = await counts();
  const response = await send();
  expect(await counts()).toEqual(before);
  return { status: response.status, type: response.type, ...errorOf(response) };
}

/** The row of `users` that a record of any source is linked to. */
async function userByUid(uid: string): Promise<Record<string, unknown>> {
  const [record] = await host.rows<{ id: number }>('userDataSyncRecords', {
    where: { sourceUk: uid, dataType: 'user' },
  });
  const [link] = await host.rows<{ resourcePk: string }>('userDataSyncRecordsResources', {
    where: { recordId: record.id, resource: 'users' },
  });
  const [user] = await host.rows('users', { where: { id: link.resourcePk } });
  return user;
}

describe('a push that is malformed writes nothing and says what is wrong where', () => {
  const records = [{ uid: 'never' }];
  test.each<[string, unknown, string, string]>([
    ['an array as body', [{ dataType: 'user' }], 'INVALID_REQUEST', 'body'],
    ['no body', undefined, 'INVALID_REQUEST', 'Content-Type'],
    ['an unknown data type', { dataType: 'group', records }, 'UNKNOWN_DATA_TYPE', 'dataType'],
    ['a data type that is a list', { dataType: ['user'], records }, 'UNKNOWN_DATA_TYPE', 'dataType'],
    ['a data type inherited by every object', { dataType: 'constructor', records }, 'UNKNOWN_DATA_TYPE', 'dataType'],
    ['no records', { dataType: 'user' }, 'INVALID_REQUEST', 'records'],
    ['records null', { dataType: 'user', records: null }, 'INVALID_REQUEST', 'records'],
    ['records as an object', { dataType: 'user', records: { 0: records[0] } }, 'INVALID_REQUEST', 'records'],
    ['records as a text', { dataType: 'user', records: '[]' }, 'INVALID_REQUEST', 'records'],
    ['a member that nobody reads', { dataType: 'user', records, dryrun: true }, 'UNKNOWN_MEMBER', 'dryrun'],
    ['a member that was never known', { dataType: 'user', records, comment: 'x' }, 'UNKNOWN_MEMBER', 'comment'],
    ['an unknown match key', { dataType: 'user', records, matchKey: 'id' }, 'UNKNOWN_MATCH_KEY', 'matchKey'],
    ['a match key that is a list', { dataType: 'user', records, matchKey: ['email'] }, 'UNKNOWN_MATCH_KEY', 'matchKey'],
    ['an unknown mode', { dataType: 'user', records, mode: 'Full' }, 'UNKNOWN_MODE', 'mode'],
    ['a mode that is a flag', { dataType: 'user', records, mode: true }, 'UNKNOWN_MODE', 'mode'],
    ['a dry run as a text', { dataType: 'user', records, dryRun: 'false' }, 'INVALID_REQUEST', 'dryRun'],
    ['a source name that is a number', { dataType: 'user', records, sourceName: 5 }, 'INVALID_REQUEST', 'sourceName'],
    [
      'a source name with a line break',
      { dataType: 'user', records, sourceName: 'a\nb' },
      'INVALID_REQUEST',
      'sourceName',
    ],
    [
      'a source name with space around',
      { dataType: 'user', records, sourceName: ' a' },
      'INVALID_REQUEST',
      'sourceName',
    ],
    [
      'a source name of 256',
      { dataType: 'user', records, sourceName: 'a'.repeat(256) },
      'INVALID_REQUEST',
      'sourceName',
    ],
    [
      'half a character in a source name',
      { dataType: 'user', records, sourceName: '\ud800' },
      'INVALID_REQUEST',
      'sourceName',
    ],
  ])('%s', async (_, body, code, where) => {
    const error = await refused(() => pusher.push(body));
    expect(error).toMatchObject({ status: 400, code });
    expect(error.message.startsWith(`${where}: `)).toBe(true);
    expect(error.message).toContain('Nothing was written.');
  });

  test.each([
    ['cut off', '{"dataType":"user"'],
    ['a text', '"user"'],
    ['null', 'null'],
    ['no JSON at all', 'dataType=user'],
    [
      'a key that would change what every object inherits',
      '{"dataType":"user","records":[{"uid":"p","__proto__":{}}]}',
    ],
  ])('a body that is %s', async (_, text) => {
    expect(await refused(() => pusher.postText('/api/userData:push', text))).toMatchObject({
      status: 400,
      type: 'application/json',
      code: 'BODY_NOT_JSON',
    });
  });

  it('names the header when a body does not say that it is JSON', async () => {
    const text = '{"dataType":"user","records":[]}';
    for (const type of ['application/x-www-form-urlencoded', 'text/plain']) {
      const error = await refused(() => pusher.postText('/api/userData:push', text, type));
      expect(error).toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
      expect(error.message).toContain('Content-Type: expected application/json');
    }
  });

  it('refuses a body that is not compressed as it says', async () => {
    const send = (encoding: string) =>
      host.http
        .post('/api/userData:push')
        .set({
          Authorization: `Bearer ${pusher.token}`,
          'Content-Type': 'application/json',
          'Content-Encoding': encoding,
        })
        .send('{}');
    expect(await refused(() => send('gzip').then())).toMatchObject({ status: 400, code: 'BODY_NOT_JSON' });
    expect(await refused(() => send('zip').then())).toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
  });

  it('refuses a body above the limit and says what the limit is', async () => {
    const body = { dataType: 'user', records: [{ uid: 'x'.repeat(300_000) }] };
    const error = await refused(() => pusher.push(body));
    expect(error).toMatchObject({ status: 413, type: 'application/json', code: 'BODY_TOO_LARGE' });
    expect(error.message).toContain('200kb');
  });
});

describe('who may not, and what is not there', () => {
  it('lets nobody push without signing in', async () => {
    const body = { dataType: 'user', records: [{ uid: 'never' }] };
    expect(await refused(() => anonymous().push(body))).toMatchObject({ status: 401, code: 'EMPTY_TOKEN' });
    expect(await refused(() => new Caller(host, 'nonsense').push(body))).toMatchObject({
      status: 401,
      code: 'INVALID_TOKEN',
    });
  });

  it('answers 403 with a code to a role that may not', async () => {
    const error = await refused(() => pusher.post('/api/userData:pull', { name: 'api' }));
    expect(error).toMatchObject({ status: 403, code: 'NO_PERMISSION' });
    expect(error.message).toContain('userData:pull');
  });

  it('answers 404 for an unknown source and an unknown task', async () => {
    expect(await refused(() => admin.post('/api/userData:pull?name=nobody'))).toMatchObject({
      status: 404,
      code: 'SOURCE_NOT_FOUND',
    });
    expect(await refused(() => admin.post('/api/userData:retry?sourceId=4711&id=1'))).toMatchObject({
      status: 404,
      code: 'SOURCE_NOT_FOUND',
    });
  });

  it('names the parameter that pull or retry lacks', async () => {
    const pull = await refused(() => admin.post('/api/userData:pull'));
    expect(pull).toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
    expect(pull.message).toMatch(/^name: /);
    for (const id of ['', 'x', '1e3', '-1', '9'.repeat(30)]) {
      const retry = await refused(() => admin.post('/api/userData:retry', { sourceId: 1, id }));
      expect(retry).toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
      expect(retry.message).toMatch(/^id: /);
    }
  });
});

describe('opening a link changes nothing', () => {
  test.each(['push', 'pull?name=api', 'retry?sourceId=1&id=1'])(
    'GET userData:%s is answered with 405',
    async (action) => {
      expect(await refused(() => admin.get(`/api/userData:${action}`))).toMatchObject({
        status: 405,
        code: 'METHOD_NOT_ALLOWED',
      });
    },
  );

  it('GET cannot write to the collections of the plugin, not even for an administrator', async () => {
    const name = 'stays';
    await admin.post('/api/userDataSyncSources:create', { name, sourceType: 'api', options: {} });
    for (const action of [
      'userDataSyncSources:destroy?filter={"name":"stays"}',
      'userDataSyncSources:update?filter={"name":"stays"}',
      'userDataSyncSources:create?name=other',
      'userDataSyncTasks:destroy?filter={"status":"success"}',
      'userDataSyncSources/1/tasks:create',
    ]) {
      expect(await refused(() => admin.get(`/api/${action}`))).toMatchObject({
        status: 405,
        code: 'METHOD_NOT_ALLOWED',
      });
    }
    expect(await host.db.getRepository('userDataSyncSources').count({ filter: { name } })).toBe(1);
  });
});

describe('what the state of a source or task does not allow', () => {
  let release: () => void;
  let attempts = 0;

  beforeAll(async () => {
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    class WaitingSource extends SyncSource {
      async pull() {
        attempts += 1;
        await released;
        return [];
      }
    }
    class BrokenSource extends SyncSource {
      async pull(): Promise<never> {
        throw new Error('connection refused');
      }
    }
    host.plugin.sourceManager.registerType('waiting', { syncSource: WaitingSource });
    host.plugin.sourceManager.registerType('broken', { syncSource: BrokenSource });
    for (const sourceType of ['waiting', 'broken', 'file', 'gone']) {
      await host.db.getRepository('userDataSyncSources').create({
        values: { name: `of type ${sourceType}`, sourceType, enabled: true, options: {} },
      });
    }
    await host.db.getRepository('userDataSyncSources').create({
      values: { name: 'switched off', sourceType: 'api', enabled: false, options: {} },
    });
  });

  const finished = async (taskId: number) => {
    await host.plugin.syncService.whenIdle();
    return (await host.db.getModel<Model>('userDataSyncTasks').findByPk(taskId)) as Model;
  };

  test.each([
    ['of type file', 'SOURCE_NOT_PUSHABLE'],
    ['of type gone', 'SOURCE_NOT_PUSHABLE'],
    ['switched off', 'SOURCE_DISABLED'],
  ])('refuses a push for the source "%s"', async (sourceName, code) => {
    const body = { dataType: 'user', records: [{ uid: 'never' }], sourceName };
    expect(await refused(() => admin.push(body))).toMatchObject({ status: 409, code });
  });

  it('refuses a push under the name of a deleted source whose records are still there', async () => {
    await host.plugin.syncService.push({ sourceName: 'retired', dataType: 'user', records: [{ uid: 'retired-1' }] });
    // As the built-in plugin deletes a source: its records stay.
    await host.db.getModel('userDataSyncSources').destroy({ where: { name: 'retired' }, hooks: false });
    const body = { dataType: 'user', records: [{ uid: 'retired-1', isDeleted: true }], sourceName: 'retired' };
    expect(await refused(() => admin.push(body))).toMatchObject({ status: 409, code: 'SOURCE_NOT_PUSHABLE' });
  });

  test.each([
    ['api', 'SOURCE_NOT_PULLABLE'],
    ['switched off', 'SOURCE_DISABLED'],
    ['of type gone', 'SOURCE_TYPE_UNKNOWN'],
  ])('refuses Sync of the source "%s"', async (name, code) => {
    expect(await refused(() => admin.post('/api/userData:pull', { name }))).toMatchObject({ status: 409, code });
  });

  it('runs a source once at a time', async () => {
    const started = await admin.post('/api/userData:pull', { name: 'of type waiting' });
    expect(started.status).toBe(200);
    const again = await refused(() => admin.post('/api/userData:pull', { name: 'of type waiting' }));
    expect(again).toMatchObject({ status: 409, code: 'SOURCE_BUSY' });
    release();
    const { taskId } = (started.body as { data: { taskId: number } }).data;
    expect((await finished(taskId)).get('status')).toBe('success');
    expect(attempts).toBe(1);
  });

  it('retries only what failed, of the source that the task belongs to', async () => {
    const sourceId = async (name: string) =>
      (await host.rows<{ id: number }>('userDataSyncSources', { where: { name } }))[0].id;
    const waiting = await sourceId('of type waiting');
    const [success] = await host.rows<{ id: number }>('userDataSyncTasks', { where: { sourceId: waiting } });
    const body = { sourceId: waiting, id: success.id };
    expect(await refused(() => admin.post('/api/userData:retry', body))).toMatchObject({
      status: 409,
      code: 'TASK_NOT_RETRYABLE',
    });
    expect(await refused(() => admin.post('/api/userData:retry', { sourceId: waiting, id: 4711 }))).toMatchObject({
      status: 404,
      code: 'TASK_NOT_FOUND',
    });
    const broken = await admin.post('/api/userData:pull', { name: 'of type broken' });
    const { taskId } = (broken.body as { data: { taskId: number } }).data;
    expect((await finished(taskId)).toJSON()).toMatchObject({ status: 'failed', code: 'SOURCE_FAILED' });
    expect(await refused(() => admin.post('/api/userData:retry', { sourceId: waiting, id: taskId }))).toMatchObject({
      status: 404,
      code: 'TASK_NOT_FOUND',
    });
    const retried = await admin.post('/api/userData:retry', { sourceId: await sourceId('of type broken'), id: taskId });
    expect(retried.body).toEqual({ data: { taskId } });
    expect((await finished(taskId)).toJSON()).toMatchObject({ status: 'failed', attempt: 2 });
  });
});

describe('a push that is fine', () => {
  it('may have no records and then does nothing but make its task', async () => {
    const before = await counts();
    const response = await pusher.push({ dataType: 'user', records: [] });
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({ data: { code: 0, message: 'success' } });
    expect(detailOf(response)).toMatchObject({ count: { all: 0 }, failedRecords: [], warnings: [] });
    expect(await counts()).toEqual({ ...before, userDataSyncTasks: before.userDataSyncTasks + 1 });
  });

  it('takes null and empty values of what may be left out', async () => {
    const body = { dataType: 'user', records: [], matchKey: '', mode: null, dryRun: false, sourceName: null };
    expect((await pusher.push(body)).status).toBe(200);
  });

  it('makes a source of type api of a new name, once', async () => {
    const body = { dataType: 'user', records: [], sourceName: 'Workday' };
    const statuses = (await Promise.all([admin.push(body), admin.push(body)])).map(({ status }) => status);
    expect(statuses.every((status) => status === 200 || status === 409)).toBe(true);
    const sources = await host.rows('userDataSyncSources', { where: { name: 'Workday' } });
    expect(sources).toMatchObject([{ sourceType: 'api' }]);
    expect(sources[0].enabled).toBeTruthy();
  });

  it('may come for several sources at the same time', async () => {
    const pushes = PARALLEL.map((name) =>
      pusher.push({ dataType: 'user', records: [{ uid: 'parallel', nickname: name }], sourceName: `parallel ${name}` }),
    );
    expect((await Promise.all(pushes)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await host.rows('userDataSyncRecords', { where: { sourceUk: 'parallel' } })).toHaveLength(4);
  });

  it('keeps the records of two names apart', async () => {
    const records = [{ uid: 'same', nickname: 'A' }];
    await pusher.push({ dataType: 'user', records, sourceName: 'left' });
    const response = await pusher.push({ dataType: 'user', records, sourceName: 'right' });
    expect(detailOf(response).count).toMatchObject({ created: 1 });
  });
});

describe('one bad record fails alone', () => {
  const long = 'x'.repeat(256);
  const userCases: [string, Record<string, unknown>, string, string][] = [
    ['no uid', { nickname: 'a' }, 'UID_MISSING', '.uid'],
    ['an empty uid', { uid: '' }, 'UID_MISSING', '.uid'],
    ['a blank uid', { uid: ' \t ' }, 'UID_INVALID', '.uid'],
    ['an object as uid', { uid: { $ne: null } }, 'UID_INVALID', '.uid'],
    ['a list as uid', { uid: ['a'] }, 'UID_INVALID', '.uid'],
    ['a flag as uid', { uid: true }, 'UID_INVALID', '.uid'],
    ['a number that lost digits as uid', { uid: 2 ** 60 }, 'UID_INVALID', '.uid'],
    ['a uid of 256 characters', { uid: long }, 'UID_INVALID', '.uid'],
    ['a uid with NUL', { uid: 'a\0b' }, 'UID_INVALID', '.uid'],
    ['half a character as uid', { uid: 'a\ud800' }, 'UID_INVALID', '.uid'],
    ['isDeleted as a text', { uid: 'b1', isDeleted: 'true' }, 'VALUE_INVALID', '.isDeleted'],
    ['isDeleted as a number', { uid: 'b2', isDeleted: 1 }, 'VALUE_INVALID', '.isDeleted'],
    ['departments as a text', { uid: 'b3', departments: 'd1' }, 'VALUE_INVALID', '.departments'],
    ['departments as an object', { uid: 'b4', departments: { uid: 'd' } }, 'VALUE_INVALID', '.departments'],
    ['null among departments', { uid: 'b5', departments: ['d', null] }, 'UID_MISSING', '.departments[1]'],
    ['a flag among departments', { uid: 'b6', departments: [true] }, 'UID_INVALID', '.departments[0]'],
    ['a department without uid', { uid: 'b7', departments: [{ isMain: true }] }, 'UID_MISSING', '.departments[0].uid'],
    [
      'isOwner as a text',
      { uid: 'b8', departments: [{ uid: 'd', isOwner: 'yes' }] },
      'VALUE_INVALID',
      '.departments[0].isOwner',
    ],
    ['an object as nickname', { uid: 'b9', nickname: { a: 1 } }, 'VALUE_INVALID', '.nickname'],
    ['a flag as email', { uid: 'b10', email: true }, 'VALUE_INVALID', '.email'],
    ['a nickname of 256 characters', { uid: 'b11', nickname: long }, 'VALUE_TOO_LONG', '.nickname'],
    ['a nickname with NUL', { uid: 'b12', nickname: 'a\0b' }, 'VALUE_INVALID', '.nickname'],
    ['half a character in a nickname', { uid: 'b13', nickname: 'a\udfff' }, 'VALUE_INVALID', '.nickname'],
    ['a huge nickname', { uid: 'b14', nickname: 'x'.repeat(100_000) }, 'VALUE_TOO_LONG', '.nickname'],
  ];
  test.each(userCases)('%s', async (_, bad, code, where) => {
    const good = { uid: 'good', nickname: `Good 😀 ${code}` };
    const before = await host.rows('users');
    const response = await pusher.push({ dataType: 'user', sourceName: 'bad users', records: [bad, good] });
    expect(response.status).toBe(200);
    const { count, failedRecords } = detailOf(response);
    expect(count).toMatchObject({ all: 2, success: 1, failed: 1 });
    expect(failedRecords).toMatchObject([{ code }]);
    const [place] = /^\S+?(?=:| must )/.exec(failedRecords[0].message) ?? [];
    expect(place).toBe(`records[0]${where}`);
    expect((await userByUid('good')).nickname).toBe(good.nickname);
    const added = (await host.rows('users')).length - before.length;
    expect(added).toBe(before.some((row) => String(row.nickname).startsWith('Good')) ? 0 : 1);
  });

  test.each<[string, Record<string, unknown>, string, string]>([
    ['no title', { uid: 'd1' }, 'TITLE_MISSING', '.title'],
    ['an empty title', { uid: 'd2', title: ' ' }, 'TITLE_MISSING', '.title'],
    ['an object as title', { uid: 'd3', title: {} }, 'TITLE_MISSING', '.title'],
    ['a title of 256 characters', { uid: 'd4', title: long }, 'VALUE_TOO_LONG', '.title'],
    ['an object as parentUid', { uid: 'd5', title: 'a', parentUid: { uid: 'x' } }, 'UID_INVALID', '.parentUid'],
    ['a flag as parentUid', { uid: 'd6', title: 'a', parentUid: false }, 'UID_INVALID', '.parentUid'],
    ['itself as parent', { uid: 'd7', title: 'a', parentUid: 'd7' }, 'PARENT_IS_SELF', ''],
  ])('a department with %s', async (_, bad, code, where) => {
    const records = [{ uid: 'good', title: `Good ${code}` }, bad];
    const response = await pusher.push({ dataType: 'department', sourceName: 'bad departments', records });
    const { count, failedRecords } = detailOf(response);
    expect(count).toMatchObject({ all: 2, success: 1, failed: 1 });
    expect(failedRecords).toMatchObject([{ code }]);
    if (where !== '') expect(failedRecords[0].message).toContain(`records[1]${where}: `);
    expect(await host.rows('departments', { where: { title: `Good ${code}` } })).toHaveLength(1);
  });

  it('takes a record that is nested deeper than any stack, and judges it like others', async () => {
    const deep = `{"uid":"deep","nickname":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    const text = `{"dataType":"user","records":[${deep},{"uid":"beside deep"}]}`;
    const response = await pusher.postText('/api/userData:push', text);
    expect(response.status).toBe(200);
    expect(detailOf(response)).toMatchObject({
      count: { success: 1, failed: 1 },
      failedRecords: [{ code: 'RECORD_TOO_LARGE' }],
    });
  });

  it('takes keys that every object inherits for what they are: unknown fields', async () => {
    const records = [{ uid: 'keys', constructor: 'a', toString: 'b', hasOwnProperty: 'c', valueOf: 'd' }];
    const { count, warnings } = detailOf(await pusher.push({ dataType: 'user', records }));
    expect(count).toMatchObject({ created: 1, failed: 0 });
    expect(warnings.map(({ code }) => code)).toEqual(Array(4).fill('FIELD_UNKNOWN'));
  });
});

describe('uids', () => {
  it('are text: a number and its digits are the same record', async () => {
    await pusher.push({ dataType: 'user', records: [{ uid: 4711, nickname: 'Number' }] });
    const second = await pusher.push({ dataType: 'user', records: [{ uid: '4711', nickname: 'Number' }] });
    expect(detailOf(second).count).toMatchObject({ unchanged: 1, created: 0 });
  });

  it('compare exactly', async () => {
    const uids = ['case', 'CASE', ' case', 'case ', 'cáse', 'ca\u0301se', '😀', '00', '0'];
    const records = uids.map((uid) => ({ uid, nickname: uid }));
    const response = await pusher.push({ dataType: 'user', sourceName: 'exact', records });
    expect(detailOf(response).count).toMatchObject({ created: uids.length });
  });

  it('count once in a delivery: the last record, with a warning', async () => {
    const records = [
      { uid: 'twice', nickname: 'first', phone: '+1' },
      { uid: 'twice', nickname: 'last' },
    ];
    const { count, warnings } = detailOf(await pusher.push({ dataType: 'user', records }));
    expect(count).toMatchObject({ all: 1, created: 1, warnings: 1 });
    expect(warnings).toMatchObject([{ code: 'DUPLICATE_UID', count: 1, uids: ['twice'] }]);
    expect(await userByUid('twice')).toMatchObject({ nickname: 'last', phone: null });
  });
});

describe('field values', () => {
  const FORBIDDEN = {
    id: 99999,
    password: 'hunter2',
    roles: ['root'],
    rolesUsers: [{ roleName: 'root' }],
    systemSettings: { theme: 'x' },
    resetToken: 'token',
    passwordChangeTz: 1,
    appLang: 'de-DE',
    sort: 1,
    createdAt: '2000-01-01T00:00:00.000Z',
    updatedAt: '2000-01-01T00:00:00.000Z',
    createdById: 1,
    updatedById: 1,
    createdBy: 1,
    updatedBy: { id: 1 },
    mainDepartmentId: 1,
    mainDepartment: 1,
  };
  const UNTOUCHED = [
    'id',
    'password',
    'systemSettings',
    'resetToken',
    'passwordChangeTz',
    'appLang',
    'sort',
    'createdAt',
    'createdById',
    'updatedById',
    'mainDepartmentId',
  ];

  it('that are not a source’s to write are left out with a warning, in new and in known users', async () => {
    await pusher.push({ dataType: 'user', records: [{ uid: 'known', nickname: 'Known' }] });
    const before = await userByUid('known');
    const roles = await host.rows('rolesUsers');
    const records = ['known', 'unknown'].map((uid) => ({ uid, nickname: `${uid} too`, ...FORBIDDEN }));
    const { count, warnings } = detailOf(await pusher.push({ dataType: 'user', records }));
    expect(count).toMatchObject({ updated: 1, created: 1, failed: 0 });
    const codes = new Map(warnings.map((warning) => [/"(.+?)"/.exec(warning.message)?.[1], warning]));
    for (const field of Object.keys(FORBIDDEN)) expect(codes.get(field)).toMatchObject({ count: 2 });

    const after = await userByUid('known');
    for (const field of UNTOUCHED) expect([field, after[field]]).toEqual([field, before[field]]);
    expect(after.nickname).toBe('known too');
    const created = await userByUid('unknown');
    expect(created).toMatchObject({ password: null, resetToken: null, appLang: null, mainDepartmentId: null });
    expect(created.id).not.toBe(FORBIDDEN.id);
    expect(String(created.createdAt)).not.toContain('2000');
    const added = (await host.rows('rolesUsers')).filter((row) => !roles.some(({ userId }) => userId === row.userId));
    expect(added).toMatchObject([{ userId: created.id, roleName: 'member' }]);
  });

  it('of departments that say where they stand are left out too', async () => {
    const records = [
      { uid: 'forbidden', title: 'Forbidden', id: 5, parentId: 1, isLeaf: false, members: [1], owners: [1] },
    ];
    const { count, warnings } = detailOf(await pusher.push({ dataType: 'department', records }));
    expect(count).toMatchObject({ created: 1 });
    expect(warnings).toHaveLength(5);
    const [row] = await host.rows('departments', { where: { title: 'Forbidden' } });
    expect(row).toMatchObject({ parentId: null });
    expect(row.isLeaf).toBeTruthy();
    expect(await host.rows('departmentsUsers', { where: { departmentId: row.id } })).toEqual([]);
  });

  it('stay when absent, are emptied by null, and are null when they are unique and empty', async () => {
    const first = { uid: 'values', nickname: 'V', username: 'values', email: 'v@example.com', phone: '+49 1' };
    await pusher.push({ dataType: 'user', records: [first] });
    await pusher.push({ dataType: 'user', records: [{ uid: 'values', email: '', nickname: '', phone: null }] });
    expect(await userByUid('values')).toMatchObject({
      username: 'values',
      email: null,
      nickname: '',
      phone: null,
    });
  });

  it('that are unique may be empty for many', async () => {
    const records = ['e1', 'e2', 'e3'].map((uid) => ({ uid, username: '', email: '', phone: '' }));
    const { count } = detailOf(await pusher.push({ dataType: 'user', matchKey: 'email', records }));
    expect(count).toMatchObject({ created: 3, failed: 0 });
  });

  it('that no field takes are left out with a warning', async () => {
    const records = [{ uid: 'extra', nickname: 'Extra', shoeSize: 43, nested: { a: [1] } }];
    const { count, warnings } = detailOf(await pusher.push({ dataType: 'user', records }));
    expect(count).toMatchObject({ created: 1 });
    expect(warnings.map(({ code }) => code)).toEqual(['FIELD_UNKNOWN', 'FIELD_UNKNOWN']);
  });
});

describe('an error that nobody expected', () => {
  afterEach(() => jest.restoreAllMocks());

  it('is answered without what is inside, and fails the task', async () => {
    const model = host.db.getModel('userDataSyncRecords');
    jest.spyOn(model, 'findAll').mockRejectedValue(new Error('SELECT secret FROM vault: disk on fire'));
    const response = await pusher.push({ dataType: 'user', records: [{ uid: 'inner' }] });
    expect(response.status).toBe(500);
    expect(errorOf(response).code).toBe('INTERNAL_ERROR');
    expect(JSON.stringify(response.body)).not.toMatch(/SELECT|vault|fire/);
    const [task] = await host.rows('userDataSyncTasks', { order: [['id', 'DESC']], limit: 1 });
    expect(task).toMatchObject({ status: 'failed', code: 'INTERNAL_ERROR' });
  });

  it('does not keep the source busy', async () => {
    expect((await pusher.push({ dataType: 'user', records: [] })).status).toBe(200);
  });
});
