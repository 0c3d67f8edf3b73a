import { loadInSlices } from '../../../src/server/database/slices';
import { RecordSetCollector, PartsInMemory } from '../../../src/server/deliveries';
import { boundedParams, messageOf, SyncError } from '../../../src/server/errors';
import {
  cutText,
  excerpt,
  findExcess,
  hasWideObject,
  listed,
  MAX_RECORDS,
  MAX_TOLD,
  RECORD_BOUNDS,
} from '../../../src/server/limits';
import { Breather, inBreaths, type Steps } from '../../../src/server/pacing';
import { TestApp } from '../../support/app';
import { Caller, detailOf, errorOf } from '../../support/http';
import { KEY_WORDS } from '../../support/key-words';

const { fields: MAX_FIELDS, fieldNames: MAX_FIELD_NAMES } = RECORD_BOUNDS;
const { departments: MAX_DEPARTMENTS, depth: MAX_DEPTH, values: MAX_VALUES } = RECORD_BOUNDS;

const range = <T>(length: number, make: (index: number) => T): T[] => Array.from({ length }, (_, index) => make(index));
const wide = (length: number, prefix = 'f') => Object.fromEntries(range(length, (index) => [`${prefix}${index}`, 1]));
const nested = (depth: number): unknown => range(depth, () => 0).reduce<unknown>((inner) => [inner], 1);
const brackets = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

let host: TestApp;
let pusher: Caller;
/** Somebody with nothing but the permission for the page. */
let operator: Caller;

beforeAll(async () => {
  host = await TestApp.start();
  pusher = new Caller(host, await host.pushKey());
  const admin = new Caller(host, await host.adminToken());
  await admin.post('/api/roles:create', { name: 'operator', title: 'Operator', snippets: ['pm.user-data-sync'] });
  await admin.post('/api/roles/operator/users:add', [1]);
  const key = { name: 'operator', expiresIn: 'never', role: { name: 'operator' } };
  const made = await admin.post('/api/apiKeys:create', key);
  operator = new Caller(host, (made.body as { data: { token: string } }).data.token);
});
afterAll(() => host?.stop());

describe('a push that is too large', () => {
  it('is refused as a whole when it has too many records, before anything is written', async () => {
    const tasks = (await host.rows('userDataSyncTasks')).length;
    const records = range(MAX_RECORDS + 1, () => ({}));
    const response = await pusher.push({ dataType: 'user', records });
    expect([response.status, errorOf(response).code]).toEqual([413, 'TOO_MANY_RECORDS']);
    expect(errorOf(response).message).toContain(`${MAX_RECORDS} records`);
    expect(await host.rows('userDataSyncTasks')).toHaveLength(tasks);
  });

  it('is refused as a whole when one of its objects has too many fields to look at', async () => {
    const records = [{ uid: 'wide', ...wide(60_000, 'unknown field ') }];
    const response = await pusher.push({ dataType: 'user', records });
    expect([response.status, errorOf(response)]).toEqual([
      400,
      { code: 'INVALID_REQUEST', message: 'body: expected objects of at most 10000 properties. Nothing was written.' },
    ]);
  });

  test.each<[string, object, string]>([
    ['fields', wide(MAX_FIELDS), 'records[0]: expected at most 500 fields'],
    ['departments', { departments: range(MAX_DEPARTMENTS + 1, (index) => `x${index}`) }, 'records[0].departments: '],
    ['departments, hundreds of thousands', { departments: range(200_000, () => 'd') }, 'records[0].departments: '],
    ['depth', { deep: nested(MAX_DEPTH) }, `records[0].deep${'[0]'.repeat(5)}`],
    ['values', { many: range(MAX_VALUES, () => 1) }, `records[0]: expected at most ${MAX_VALUES} values`],
    ['characters of a field’s name', { ['n'.repeat(256)]: 1 }, 'records[0]: expected names of at most 255 characters'],
  ])('loses the record that has too many %s, and no other', async (_, bad, message) => {
    const records = [
      { uid: 'too large', ...bad },
      { uid: 'beside it', nickname: 'Beside' },
    ];
    const response = await pusher.push({ dataType: 'user', sourceName: 'api', records });
    expect(response.status).toBe(200);
    const { count, failedRecords } = detailOf(response);
    expect(count).toMatchObject({ all: 2, success: 1, failed: 1 });
    expect(failedRecords).toMatchObject([{ code: 'RECORD_TOO_LARGE', record: { uid: 'too large' } }]);
    expect(failedRecords[0].message).toContain(message);
    expect(response.text.length).toBeLessThan(10_000);
  });

  it('loses the records that bring ever new names of fields, and no other', async () => {
    const strange = range(10, (index) => ({ uid: `strange ${index}`, ...wide(MAX_FIELDS - 1, `strange ${index} `) }));
    const records = [...strange, { uid: 'after them', nickname: 'After' }];
    const response = await pusher.push({ dataType: 'user', sourceName: 'api', records });
    const { count, failedRecords } = detailOf(response);
    const taken = Math.floor(MAX_FIELD_NAMES / MAX_FIELDS);
    expect(count).toMatchObject({ all: 11, success: taken + 1, failed: 10 - taken });
    expect(failedRecords[0]).toMatchObject({ code: 'RECORD_TOO_LARGE', record: { uid: `strange ${taken}` } });
    expect(failedRecords[0].message).toContain(`at most ${MAX_FIELD_NAMES} different field names in one delivery`);
  });

  it('takes a record that is as large as allowed', async () => {
    const departments = range(MAX_DEPARTMENTS, (index) => ({ uid: `d${index}`, isOwner: false, isMain: index === 0 }));
    const record = { uid: 'largest', departments, deep: nested(MAX_DEPTH - 1), ...wide(MAX_FIELDS - 3) };
    const { count } = detailOf(await pusher.push({ dataType: 'user', records: [record] }));
    expect(count).toMatchObject({ all: 1, success: 1 });
  });
});

describe('an answer', () => {
  it('shows a long circle of departments by some of its members', async () => {
    const records = range(2000, (index) => ({ uid: `c${index}`, title: 'C', parentUid: `c${(index + 1) % 2000}` }));
    const response = await pusher.push({ dataType: 'department', records });
    const { count, failedRecords } = detailOf(response);
    expect(count).toMatchObject({ all: 2000, failed: 2000 });
    expect(failedRecords[0]).toMatchObject({ code: 'PARENT_CYCLE' });
    expect(failedRecords[0].message).toMatch(/: (c\d+) → (c\d+ → ){9}… → \1\./);
    expect(response.text.length).toBeLessThan(500_000);
    const outcomes = await host.rows<{ message: string }>('userDataSyncOutcomes', { where: { code: 'PARENT_CYCLE' } });
    expect(outcomes).toHaveLength(2000);
    expect(outcomes.filter(({ message }) => message.length > 200)).toEqual([]);
  });

  it('lists a thousand failures, counts the others, and all of them are with the task', async () => {
    const records = range(MAX_TOLD + 5, (index) => ({ uid: `f${index}`, nickname: {} }));
    const response = await pusher.push({ dataType: 'user', records });
    const { count, failedRecords, omitted } = detailOf(response) as ReturnType<typeof detailOf> & { omitted: object };
    expect(count).toMatchObject({ all: MAX_TOLD + 5, failed: MAX_TOLD + 5 });
    expect(failedRecords).toHaveLength(MAX_TOLD);
    expect(omitted).toEqual({ failedRecords: 5, warnings: 0 });
    const { taskId } = (response.body as { data: { taskId: number } }).data;
    expect(await host.rows('userDataSyncOutcomes', { where: { taskId, action: 'failed' } })).toHaveLength(MAX_TOLD + 5);
  });

  it('lists a thousand kinds of warnings and counts the others', async () => {
    const records = range(3, (index) => ({ uid: `w${index}`, ...wide(400, `unknown ${index} `) }));
    const detail = detailOf(await pusher.push({ dataType: 'user', records })) as ReturnType<typeof detailOf> & {
      omitted: object;
    };
    expect(detail.count).toMatchObject({ created: 3, warnings: 1200 });
    expect(detail.warnings).toHaveLength(MAX_TOLD);
    expect(detail.omitted).toEqual({ failedRecords: 0, warnings: 200 });
  });

  it('has only the beginning of a large record that failed, its uid first', async () => {
    const record = { note: 'x'.repeat(50_000), nickname: {}, uid: 'cut' };
    const response = await pusher.push({ dataType: 'user', records: [record] });
    const [failed] = detailOf(response).failedRecords;
    expect(failed).toMatchObject({ isCut: true, code: 'VALUE_INVALID', record: { uid: 'cut' } });
    expect(Object.keys(failed.record)[0]).toBe('uid');
    expect(JSON.stringify(failed).length).toBeLessThan(5000);
  });

  it('has a code, also when the host refuses', async () => {
    const create = (body: string) => operator.postText('/api/userDataSyncSources:create', body);
    expect((await create('{"name":"twice","sourceType":"api"}')).status).toBe(200);
    const codeOf = async (body: string) => errorOf(await create(body)).code;
    expect(await codeOf('{"name":"twice","sourceType":"api"}')).toBe('INVALID_REQUEST');
    expect(await codeOf('{"name":"proto","sourceType":"api","options":{"__proto__":1}}')).toBe('BODY_NOT_JSON');
    expect(await codeOf('{"name":')).toBe('BODY_NOT_JSON');
    const nul = await operator.post('/api/userData:pull', { name: 'a\0b' });
    expect([nul.status, errorOf(nul).code]).toEqual([400, 'INVALID_REQUEST']);
  });

  it('does not repeat a long text that was sent', async () => {
    const long = 'x'.repeat(100_000);
    for (const response of [
      await operator.post('/api/userData:pull', { name: long }),
      await operator.post('/api/userData:testConnection', { sourceType: long }),
      await operator.post('/api/userData:updateSettings', { [long.slice(0, 900)]: 1 }),
    ]) {
      expect(response.status).toBeLessThan(500);
      expect(response.text.length).toBeLessThan(1000);
    }
  });
});

describe('thousands of brackets inside each other', () => {
  const DEEP = brackets(5000);

  it('in a record are no reason to fail, not even in a dry run', async () => {
    const text = `{"dataType":"user","dryRun":true,"records":[{"uid":"deep","note":${DEEP}},{"uid":"beside deep"}]}`;
    const response = await pusher.postText('/api/userData:push', text);
    expect(response.status).toBe(200);
    expect(detailOf(response)).toMatchObject({
      count: { success: 1, failed: 1 },
      failedRecords: [{ code: 'RECORD_TOO_LARGE' }],
    });
  });

  test.each([
    ['options', '/api/userDataSyncSources:create', `{"name":"deep","sourceType":"file","options":{"a":${DEEP}}}`],
    ['rules', '/api/userDataSyncSources:create', `{"name":"deep","sourceType":"api","rules":${DEEP}}`],
    ['a name', '/api/userDataSyncSources:create', `{"name":${DEEP},"sourceType":"api"}`],
    ['options to try', '/api/userData:testConnection', `{"sourceType":"file","options":{"users":${DEEP}}}`],
    ['settings', '/api/userData:updateSettings', `{"taskDays":${DEEP}}`],
    ['a filter', `/api/userDataSyncSources:list?filter=${encodeURIComponent(`{"name":${brackets(2000)}}`)}`, '{}'],
    ['an id', '/api/userData:approve', `{"id":${DEEP}}`],
  ])('in %s are refused', async (_, path, body) => {
    const response = await operator.postText(path, body);
    expect([response.status, errorOf(response).code]).toEqual([400, 'INVALID_REQUEST']);
    expect(errorOf(response).message).toContain('nested at most');
  });

  it('are refused in the body of an action that only reads, too', async () => {
    const response = await operator.postText('/api/userDataSyncTasks:list', `{"x":${DEEP}}`);
    expect([response.status, errorOf(response).code]).toEqual([400, 'INVALID_REQUEST']);
  });
});

describe('names that every object inherits', () => {
  const values = Object.fromEntries(KEY_WORDS.map((name) => [name, 'x']));

  it('are unknown fields of users and departments', async () => {
    for (const [dataType, title] of [
      ['user', undefined],
      ['department', 'Words'],
    ]) {
      const response = await pusher.push({ dataType, records: [{ uid: 'words', title, ...values }] });
      expect(response.status).toBe(200);
      const { count, warnings } = detailOf(response);
      expect(count).toMatchObject({ created: 1, failed: 0 });
      expect(warnings.filter(({ code }) => code === 'FIELD_UNKNOWN').length).toBeGreaterThanOrEqual(KEY_WORDS.length);
    }
  });

  it('may stand inside values, and stay there for who reads the record', async () => {
    const record = { uid: 'inside', nickname: values, note: { ...values, deep: [values] } };
    expect(detailOf(await pusher.push({ dataType: 'user', records: [record] })).count).toMatchObject({ failed: 1 });
    const again = { uid: 'inside', note: { ...values, deep: [values] } };
    expect(detailOf(await pusher.push({ dataType: 'user', records: [again] })).count).toMatchObject({ created: 1 });
    const second = await pusher.push({ dataType: 'user', records: [again] });
    expect(detailOf(second).count).toMatchObject({ unchanged: 1 });
    const [{ metaData }] = await host.rows<{ metaData: unknown }>('userDataSyncRecords', {
      where: { sourceUk: 'inside' },
    });
    const stored = typeof metaData === 'string' ? (JSON.parse(metaData) as unknown) : metaData;
    expect(stored).toEqual(again);
  });

  it('are uids like others', async () => {
    const uids = [...KEY_WORDS, '__proto__'];
    const departments = uids.map((uid) => ({ uid, title: uid }));
    const first = await pusher.push({ dataType: 'department', sourceName: 'api', records: departments });
    expect(detailOf(first).count).toMatchObject({ failed: 0, success: uids.length });
    const users = uids.map((uid) => ({ uid, nickname: uid, departments: uids }));
    const second = await pusher.push({ dataType: 'user', sourceName: 'api', records: users });
    expect(detailOf(second).count).toMatchObject({ failed: 0, success: uids.length });
    expect(detailOf(second, 'departments').count).toMatchObject({ updated: uids.length });
  });

  it('are columns of a CSV, mapped or not', async () => {
    const header = ['uid', ...KEY_WORDS, '__proto__'];
    const text = `${header.join(',')}\n${header.map((_, index) => `csv${index}`).join(',')}\n`;
    const create = (name: string, users: object) =>
      operator.post('/api/userDataSyncSources:create', { name, sourceType: 'file', enabled: true, options: { users } });
    const mapping = Object.fromEntries(header.slice(0, -1).map((name) => [name, name]));
    expect((await create('words plain', { text })).status).toBe(200);
    expect((await create('words mapped', { text, mapping })).status).toBe(200);
    for (const name of ['words plain', 'words mapped']) {
      const pulled = await operator.post('/api/userData:pull', { name });
      const { taskId } = (pulled.body as { data: { taskId: number } }).data;
      expect(await host.taskEnd(taskId)).toMatchObject({ status: 'success', code: null });
    }
  });

  it('are options of a source, which come back as they were', async () => {
    const options = { users: { text: 'uid\n1\n' }, ...values, inside: { list: [values], ...values } };
    const created = await operator.post('/api/userDataSyncSources:create', {
      name: 'words in options',
      sourceType: 'file',
      options,
    });
    expect(created.status).toBe(200);
    const { id } = (created.body as { data: { id: number } }).data;
    const updated = await operator.post(`/api/userDataSyncSources:update?filterByTk=${id}`, { options });
    expect(updated.status).toBe(200);
    const got = await operator.get(`/api/userDataSyncSources:get?filterByTk=${id}`);
    expect((got.body as { data: { options: object } }).data.options).toEqual(options);
  });

  it.each(KEY_WORDS)('are refused where they cannot stand: %s', async (word) => {
    const refused = [
      await operator.post('/api/userData:updateSettings', { [word]: 1 }),
      await operator.post('/api/userData:testConnection', { sourceType: word }),
      await operator.post('/api/userDataSyncSources:create', { name: word, sourceType: word }),
      await operator.post('/api/userDataSyncSources:create', { name: word, sourceType: 'api', rules: { [word]: {} } }),
      await pusher.push({ dataType: word, records: [] }),
      await pusher.push({ dataType: 'user', matchKey: word, records: [] }),
      await operator.post('/api/userData:pull', { name: word }),
    ];
    for (const response of refused) {
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
      expect(errorOf(response).code).toMatch(/^[A-Z_]+$/);
    }
  });
});

describe('long lists', () => {
  const MANY = 200_000;

  it('of records with the same uid give as many warnings', async () => {
    const collector = new RecordSetCollector(new PartsInMemory());
    const records = range(MANY, () => ({ uid: 'same' }));
    await collector.add({ sourceName: 'api', dataType: 'user', mode: 'delta', records });
    const [recordSet] = collector.recordSets();
    let last: unknown;
    const counts = { warnings: 0, records: 0 };
    for await (const page of recordSet.pages()) {
      counts.warnings += page.warnings.length;
      counts.records += page.records.length;
      last = page.warnings.at(-1)?.params.path;
    }
    expect([counts, recordSet.index.present]).toEqual([{ warnings: MANY - 1, records: 1 }, 1]);
    expect(last).toBe(`records[${MANY - 1}]`);
  });

  it('of rows come back from one statement', async () => {
    expect(await loadInSlices([1], async () => range(MANY, (index) => index))).toHaveLength(MANY);
  });
});

describe('long work', () => {
  afterEach(() => jest.restoreAllMocks());

  /** A clock on which every look takes longer than a breath. */
  function slowClock(): void {
    let now = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => (now += 50));
  }

  /** How often the event loop came round while some work was done. */
  async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
    let turns = 0;
    let isDone = false;
    const count = () => {
      turns += 1;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await work();
    isDone = true;
    return turns;
  }

  it('gives the event loop away after each step that took long', async () => {
    slowClock();
    const breather = new Breather();
    const steps = function* (): Steps<string> {
      for (let step = 0; step < 20; step += 1) yield;
      return 'done';
    };
    expect(await turnsDuring(() => inBreaths(steps()))).toBeGreaterThanOrEqual(20);
    expect(await turnsDuring(() => breather.breathe())).toBeGreaterThanOrEqual(1);
  });

  it('on the records of a delivery lets others have their turn', async () => {
    slowClock();
    const records = range(1000, (index) => ({ uid: `u${index}` }));
    const collector = new RecordSetCollector(new PartsInMemory());
    const delivery = { sourceName: 'api', dataType: 'user', mode: 'delta', records } as const;
    expect(await turnsDuring(() => collector.add(delivery))).toBeGreaterThanOrEqual(50);
  });

  it('holds nobody up when it is short', async () => {
    const breather = new Breather();
    expect(breather.isDue).toBe(false);
  });
});

describe('what is cut', () => {
  it('is cut between characters', () => {
    expect(cutText('abcdef', 6)).toBe('abcdef');
    expect(cutText('abcdefg', 6)).toBe('abcde…');
    expect(cutText('abcd😀efg', 6)).toBe('abcd…');
    expect(cutText('abc😀efg', 6)).toBe('abc😀…');
  });

  it('says so', () => {
    expect(listed(range(10, String))).toBe('0, 1, 2, 3, 4, 5, 6, 7, 8, 9');
    expect(listed(range(11, String))).toBe('0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …');
    const whole = { uid: 'a', n: null, list: [1, { b: true }], constructor: 'c' };
    expect(excerpt(whole, 1000)).toEqual({ value: whole, isCut: false });
    const { value, isCut } = excerpt({ uid: 'a', long: 'x'.repeat(100), more: [1, 2, 3] }, 40);
    expect(isCut).toBe(true);
    expect(JSON.stringify(value).length).toBeLessThan(80);
    expect(value).toMatchObject({ uid: 'a', long: expect.stringMatching(/^x+…$/) as string });
    expect(
      excerpt(
        range(1000, () => 'xxxx'),
        100,
      ).value,
    ).toContain('…');
  });

  it('are the parameters of any message, wherever it is made', () => {
    const reason = 'y'.repeat(5000);
    expect(messageOf('SOURCE_FAILED', { reason }).length).toBeLessThan(500);
    expect(new SyncError('SOURCE_FAILED', { reason }).message.length).toBeLessThan(500);
    expect(new SyncError('SOURCE_FAILED', { reason }).params.reason).toHaveLength(300);
    expect(boundedParams({ reason: 'short', count: 7 })).toEqual({ reason: 'short', count: 7 });
  });
});

describe('the widest object of a text', () => {
  const isWide = (json: string, most: number) => inBreaths(hasWideObject(json, most));

  test.each<[string, string, boolean]>([
    ['none', '[1,2,3,4]', false],
    ['as wide as allowed', '{"a":1,"b":[1,2,3,4],"c":{}}', false],
    ['too wide', '[{"a":1,"b":2,"c":3,"d":4}]', true],
    ['too wide after an object inside', '{"a":1,"b":{"x":1},"c":3,"d":4}', true],
    ['commas in texts', '{"a":",,,,\\\\","b":"\\",,,,","c":"}{,"}', false],
    ['no JSON', '}]}{"a', false],
  ])('%s', async (_, json, expected) => {
    expect(await isWide(json, 3)).toBe(expected);
  });
});

describe('the bounds of a value', () => {
  const bounds = { depth: 3, values: 5, nameLength: 4 };

  test.each<[string, unknown, object | undefined]>([
    ['no object', 'text', undefined],
    ['as deep as allowed', [[[]]], undefined],
    ['too deep', { a: [{ b: {} }] }, { path: 'x.a[0].b', expected: 'depthUpTo', max: 3 }],
    ['as many as allowed', { a: [1, 2], b: [1] }, undefined],
    ['too many', [1, 2, 3, 4, 5, 6], { path: 'x', expected: 'valuesUpTo', max: 5 }],
    ['a name that is too long', { abcde: 1 }, { path: 'x', expected: 'namesUpTo', max: 4 }],
  ])('%s', (_, value, excess) => {
    expect(findExcess(value, 'x', bounds)).toEqual(excess);
  });
});
