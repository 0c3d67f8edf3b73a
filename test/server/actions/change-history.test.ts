import { TestApp } from '../../support/app';
import { Caller, errorOf, type PushBody } from '../../support/http';
import { waitForTask } from '../../support/tasks';

interface Change extends Record<string, unknown> {
  id: number;
  uid: string;
  message: string | null;
}
interface Listed {
  data: Change[];
  meta: Record<string, number>;
}

let host: TestApp;
let admin: Caller;
let sourceId: number;
let count = 0;

beforeAll(async () => {
  host = await TestApp.start();
  admin = new Caller(host, await host.adminToken());
  const values = { name: 'hr', sourceType: 'api', enabled: true, displayName: 'Human resources', options: {} };
  sourceId = (await host.db.getRepository('userDataSyncSources').create({ values })).get('id') as number;
});
afterAll(() => host?.stop());
afterEach(async () => {
  for (const table of ['userDataSyncTasks', 'userDataSyncOutcomes'])
    await host.db.getModel(table).destroy({ where: {} });
});

async function addTask(values: object = {}): Promise<number> {
  const task = { batch: `b${(count += 1)}`, sourceId, status: 'success', trigger: 'manual', mode: 'delta', attempt: 1 };
  return (await host.db.getModel('userDataSyncTasks').create({ ...task, ...values })).get('id') as number;
}

async function addOutcomes(taskId: number, ...rows: object[]): Promise<void> {
  const row = { taskId, attempt: 1, target: 'users', dataType: 'user', kind: 'record', action: 'updated' };
  await host.db.getModel('userDataSyncOutcomes').bulkCreate(rows.map((one) => ({ ...row, ...one })));
}

async function addUser(values: object): Promise<string> {
  return String((await host.db.getModel('users').create({ password: 'x', ...values })).get('id'));
}

const query = (params: Record<string, string | number>) =>
  Object.entries(params)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
const list = async (params: Record<string, string | number> = {}) => {
  const answer = await admin.get(`/api/userData:listChanges?${query(params)}`);
  expect(answer.body).toHaveProperty('data');
  return answer.body as Listed;
};
const uids = async (params?: Record<string, string | number>) => (await list(params)).data.map(({ uid }) => uid);

describe('a change', () => {
  it('tells what a run did, in which task and from which source', async () => {
    const push = (records: object[]) => admin.push({ dataType: 'user', sourceName: 'hr', records });
    await push([{ uid: 'h-1', username: 'history', nickname: 'Old' }]);
    const answer = await push([{ uid: 'h-1', username: 'history', nickname: 'New' }]);
    const [user] = await host.rows<{ id: number }>('users', { where: { username: 'history' } });
    const { data, meta } = await list();
    expect(meta).toEqual({ count: 2, page: 1, pageSize: 20 });
    expect(data.map(({ action }) => action)).toEqual(['updated', 'created']);
    expect(data[0]).toEqual({
      id: expect.anything() as number,
      taskId: (answer.body as { data: { taskId: number } }).data.taskId,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
      task: {
        id: (answer.body as { data: { taskId: number } }).data.taskId,
        sourceName: 'hr',
        trigger: 'push',
        mode: 'delta',
        startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
        dryRun: false,
        source: { name: 'hr', displayName: 'Human resources' },
      },
      target: 'users',
      dataType: data[0].dataType,
      uid: 'h-1',
      name: 'New',
      action: 'updated',
      rowId: String(user.id),
      code: null,
      params: null,
      message: null,
      changes: { nickname: { old: 'Old', new: 'New' } },
    });
  });

  it('says why in the language of the request', async () => {
    const params = { path: 'records[0]', expected: 'object' };
    await addOutcomes(
      await addTask(),
      { uid: 'a', action: 'failed', code: 'VALUE_INVALID', params, message: 'as stored' },
      { uid: 'b', action: 'failed', message: 'of another time' },
    );
    expect((await list()).data.map(({ message }) => message)).toEqual([
      'of another time',
      'records[0] must be an object.',
    ]);
    const chinese = host.http.get('/api/userData:listChanges').set({ Authorization: `Bearer ${admin.token}` });
    const { data } = (await chinese.set('X-Locale', 'zh-CN')).body as Listed;
    expect(data[1].message).toBe('records[0]：应为对象。');
  });

  it('was made when it was made, also when its task runs again later', async () => {
    const taken = { uid: 'h-2', username: 'moment', email: 'taken@example.com' };
    await admin.push({ dataType: 'user', sourceName: 'other', records: [taken] });
    const records = [
      { uid: 'h-3', username: 'early', nickname: 'Early' },
      { uid: 'h-4', username: 'late', email: 'taken@example.com' },
    ];
    const answer = await admin.push({ dataType: 'user', sourceName: 'hr', records });
    const { taskId } = (answer.body as PushBody).data;
    const pushed = Date.now();
    await host.db.getModel('users').destroy({ where: { username: 'moment' } });
    await admin.post('/api/userData:retryFailed', { sourceId, id: taskId });
    expect(await waitForTask(host, taskId)).toMatchObject({ status: 'success', attempt: 2 });
    const timeOf = async (uid: string) => Date.parse(String((await list({ search: uid })).data[0].at));
    expect(await timeOf('h-3')).toBeLessThanOrEqual(pushed);
    expect(await timeOf('h-4')).toBeGreaterThanOrEqual(pushed);
  });

  it('stays when its source has gone', async () => {
    await addOutcomes(await addTask({ sourceId: 4711 }), { uid: 'a' });
    expect((await list()).data).toMatchObject([{ uid: 'a', task: { source: null } }]);
  });
});

describe('only what has happened is listed', () => {
  it.each<[string, object, boolean]>([
    ['of a run that succeeded', {}, true],
    ['of one that failed in part', { status: 'partially_failed' }, true],
    ['of one that broke', { status: 'failed' }, true],
    ['of one that goes on', { status: 'processing' }, true],
    ['of an earlier version', { dryRun: null, attempt: null, trigger: null }, true],
    ['of a preview', { dryRun: true }, false],
    ['of a preview that failed', { dryRun: true, status: 'failed' }, false],
    ['of a run that waits', { status: 'blocked' }, false],
    ['of a run that was rejected', { status: 'canceled', code: 'REJECTED', decidedAt: new Date() }, false],
  ])('%s', async (_, task, isListed) => {
    await addOutcomes(await addTask(task), { uid: 'a' });
    expect(await uids()).toEqual(isListed ? ['a'] : []);
    expect((await list()).meta.count).toBe(isListed ? 1 : 0);
  });

  it.each(['blocked', 'canceled'])('what a run did before it was held as %s', async (status) => {
    await addOutcomes(await addTask({ status, attempt: 2 }), { uid: 'done' }, { uid: 'held', attempt: 2 });
    expect(await uids()).toEqual(['done']);
  });

  it('not what a run was held for before it was approved, but what it did then and in a retry', async () => {
    await addOutcomes(
      await addTask({ attempt: 3, decidedAt: new Date() }),
      { uid: 'a', kind: 'removal', action: 'disabled', held: true },
      { uid: 'b', kind: 'removal', action: 'disabled', held: true },
      { uid: 'a', kind: 'removal', action: 'disabled', attempt: 2 },
      { uid: 'b', kind: 'removal', action: 'failed', attempt: 2 },
      { uid: 'b', kind: 'removal', action: 'disabled', attempt: 3 },
    );
    expect((await list()).data.map(({ uid, action }) => [uid, action])).toEqual([
      ['b', 'disabled'],
      ['b', 'failed'],
      ['a', 'disabled'],
    ]);
  });
});

describe('a search', () => {
  let ada: string;
  let other: string;

  beforeAll(async () => {
    const phone = '+49 30 1';
    ada = await addUser({ username: 'ada', email: 'ada@example.com', phone, nickname: 'Ada Königin 100%' });
    other = await addUser({ username: 'other_one', email: 'x@example.com', nickname: 'Other' });
  });
  beforeEach(async () => {
    await addOutcomes(
      await addTask(),
      { uid: 'e-1', name: 'Countess', rowId: ada },
      { uid: 'e-1', name: 'Countess', rowId: ada, target: 'memberships' },
      { uid: 'e-2', name: 'Other', rowId: other },
      { uid: 'sales', name: 'Sales_EMEA', rowId: ada, target: 'departments', dataType: 'department' },
      { uid: '50%', name: 'Half!', rowId: null },
    );
  });

  it.each<[string, string[]]>([
    ['ada', ['e-1', 'e-1']],
    ['ADA', ['e-1', 'e-1']],
    [' ada ', ['e-1', 'e-1']],
    ['Königin', ['e-1', 'e-1']],
    ['ada@example.com', ['e-1', 'e-1']],
    ['+49 30 1', ['e-1', 'e-1']],
    ['example.com', []],
    ['+49', []],
    ['countess', ['e-1', 'e-1']],
    ['e-1', ['e-1', 'e-1']],
    ['e-', []],
    ['E-1', []],
    ['sales_emea', ['sales']],
    ['sales', ['sales']],
    ['SalesXEMEA', []],
    ['s_l', []],
    ['_', ['sales']],
    ['%', ['e-1', 'e-1']],
    ['50%', ['50%']],
    ['!', ['50%']],
    ['100%', ['e-1', 'e-1']],
    ["' OR 1=1 --", []],
    ['\\', []],
    ['"', []],
    ['', ['50%', 'sales', 'e-2', 'e-1', 'e-1']],
    ['  ', ['50%', 'sales', 'e-2', 'e-1', 'e-1']],
  ])('for %j finds %j', async (search, found) => {
    expect(await uids({ search })).toEqual(found);
    expect((await list({ search })).meta.count).toBe(found.length);
  });

  it('looks at a hundred users at most', async () => {
    const users = Array.from({ length: 102 }, (_, index) => ({ username: `crowd${index}`, nickname: 'In the crowd' }));
    const ids = (await host.db.getModel('users').bulkCreate(users)).map((user) => String(user.get('id')));
    await addOutcomes(await addTask(), ...ids.map((rowId, index) => ({ uid: `c${index}`, rowId })));
    expect((await list({ search: 'the crowd' })).meta.count).toBe(100);
  });

  it('by the row of a user finds what is about this user', async () => {
    await addOutcomes(
      await addTask(),
      { uid: 'old membership', rowId: ada, target: 'departments', dataType: null },
      { uid: 'of another target', rowId: ada, target: 'contacts' },
    );
    const found = await list({ rowId: ada });
    expect(found.data.map(({ uid, target }) => [uid, target])).toEqual([
      ['old membership', 'departments'],
      ['e-1', 'memberships'],
      ['e-1', 'users'],
    ]);
    expect(found.meta.count).toBe(3);
    expect(await uids({ rowId: ada, search: 'Countess' })).toEqual(['e-1', 'e-1']);
    expect(await uids({ rowId: other, search: 'Countess' })).toEqual([]);
    expect(await uids({ rowId: '4711' })).toEqual([]);
  });
});

describe('pages', () => {
  it('go through everything, the newest first', async () => {
    const all = Array.from({ length: 45 }, (_, index) => `u${index}`);
    await addOutcomes(await addTask(), ...all.slice(0, 30).map((uid) => ({ uid })));
    await addOutcomes(await addTask(), ...all.slice(30).map((uid) => ({ uid })));
    const newest = [...all].reverse();
    expect(await uids()).toEqual(newest.slice(0, 20));
    expect(await uids({ page: 3 })).toEqual(newest.slice(40));
    expect(await uids({ page: 4 })).toEqual([]);
    expect(await uids({ pageSize: 200 })).toEqual(newest);
    expect((await list({ page: 2, pageSize: 7 })).meta).toEqual({ count: 45, page: 2, pageSize: 7 });
    expect(await uids({ page: 2, pageSize: 7 })).toEqual(newest.slice(7, 14));
  });
});

describe('refused', () => {
  it.each<[string, string]>([
    ['search[]=a', 'search: expected text of at most 255 characters.'],
    ['search[$like]=a', 'search: expected text'],
    [`search=${'x'.repeat(256)}`, 'search: expected text'],
    ['search=%00', 'search: expected text'],
    ['rowId=x', 'rowId: expected a whole number.'],
    ['rowId=-1', 'rowId: expected a whole number.'],
    ['rowId[]=1', 'rowId: expected a whole number.'],
    ['rowId[$gt]=1', 'rowId: expected a whole number.'],
    ['rowId=', 'rowId: expected a whole number.'],
    ['page=0', 'page: expected a whole number from 1 to 1000000.'],
    ['page=1e3', 'page: expected a whole number'],
    ['page[]=1', 'page: expected a whole number'],
    ['page=1000001', 'page: expected a whole number'],
    ['pageSize=201', 'pageSize: expected a whole number from 1 to 200.'],
    ['pageSize=-1', 'pageSize: expected a whole number'],
    ['pageSize=1.5', 'pageSize: expected a whole number'],
    ['pageSize[$gt]=1', 'pageSize: expected a whole number'],
  ])('is %s', async (params, message) => {
    const answer = await admin.get(`/api/userData:listChanges?${params}`);
    expect([answer.status, errorOf(answer).code]).toEqual([400, 'INVALID_REQUEST']);
    expect(errorOf(answer).message).toContain(message);
  });

  it('is everybody without the permission', async () => {
    const pusher = new Caller(host, await host.pushKey());
    expect((await pusher.get('/api/userData:listChanges')).status).toBe(403);
    expect((await new Caller(host).get('/api/userData:listChanges')).status).toBe(401);
  });
});
