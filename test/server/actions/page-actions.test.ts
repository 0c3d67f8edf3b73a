import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import type { Response } from 'supertest';
import { ExternalAPIError, SyncError, SyncSource } from '../../../src/server';
import { exportOutcomes } from '../../../src/server/actions/task-details';
import type { ActionContext } from '../../../src/server/host/requests/context';
import { readPayload } from '../../../src/server/payload-log/read-payload';
import { MASK } from '../../../src/server/security/secrets';
import { TestApp } from '../../support/app';
import { Caller, errorOf, type PushBody } from '../../support/http';
import { payloadLines, type PayloadLine } from '../../support/payload-log';

const SECRET = 'S3cret/of the test';

let host: TestApp;
let admin: Caller;
let seen: Record<string, unknown> | undefined;
let failure: Error | undefined;

class VaultSource extends SyncSource {
  async pull() {
    if (failure) throw failure;
    return [];
  }

  override async testConnection() {
    seen = structuredClone(this.options);
    if (failure) throw failure;
    return `Found 3 in ${String(this.options.url)}`;
  }
}
class UntestableSource extends SyncSource {
  async pull() {
    return [];
  }
}

beforeAll(async () => {
  host = await TestApp.start();
  admin = new Caller(host, await host.adminToken());
  host.plugin.sourceManager.registerType('vault', {
    syncSource: VaultSource,
    secretOptions: ['bindDN'],
    validateOptions: ({ url }) => {
      if (typeof url !== 'string')
        throw new SyncError('SOURCE_OPTIONS_INVALID', { path: 'options.url', expected: 'string' });
    },
  });
  host.plugin.sourceManager.registerType('untestable', { syncSource: UntestableSource });
});
afterAll(() => host?.stop());
afterEach(() => jest.restoreAllMocks());

/** A task of a push of these users. */
async function pushed(records: object[], sourceName = 'api'): Promise<number> {
  const answer = await admin.push({ dataType: 'user', records, sourceName });
  return (answer.body as PushBody).data.taskId;
}

const bodyOf = ({ body, text }: Response) => (Buffer.isBuffer(body) ? body.toString() : (text ?? ''));

describe('testConnection', () => {
  const options = { url: 'ldaps://a', bindDN: SECRET, auth: { user: 'u', password: SECRET } };
  const test = (body: object) => admin.post('/api/userData:testConnection', body);
  const stored = async () => [await host.rows('userDataSyncSources'), await host.rows('userDataSyncTasks')];
  let id: number;

  beforeAll(async () => {
    const values = { name: 'vault', sourceType: 'vault', options };
    const created = await admin.post('/api/userDataSyncSources:create', values);
    id = (created.body as { data: { id: number } }).data.id;
  });
  afterEach(() => {
    failure = seen = undefined;
  });

  it.each<[string, () => object, object]>([
    ['a stored source, also while it is switched off', () => ({ id }), options],
    ['a stored source by its id as text', () => ({ id: String(id) }), options],
    [
      'a stored source with other options',
      () => ({ id, options: { url: 'ldaps://b', auth: { user: 'v' } } }),
      { ...options, url: 'ldaps://b', auth: { user: 'v', password: SECRET } },
    ],
    [
      'a stored source with empty and masked secrets',
      () => ({ id, options: { url: 'ldaps://b', bindDN: '', auth: { user: 'u', password: MASK } } }),
      { ...options, url: 'ldaps://b' },
    ],
    [
      'a stored source with new secrets',
      () => ({ id, options: { ...options, bindDN: 'new', auth: null } }),
      { url: 'ldaps://a', bindDN: 'new', auth: null },
    ],
    [
      'a source that is not stored',
      () => ({ sourceType: 'vault', options: { url: 'ldaps://c', bindDN: 'typed in' } }),
      { url: 'ldaps://c', bindDN: 'typed in' },
    ],
  ])('tries %s and stores nothing', async (_, body, expected) => {
    const before = await stored();
    const answer = await test(body());
    expect(answer.body).toEqual({ data: { message: `Found 3 in ${(expected as typeof options).url}` } });
    expect(seen).toEqual(expected);
    expect(await stored()).toEqual(before);
  });

  it.each<[string, () => object, number, string, string]>([
    ['neither id nor type', () => ({ options }), 400, 'INVALID_REQUEST', 'sourceType'],
    ['a type that is an object', () => ({ sourceType: { $ne: '' } }), 400, 'INVALID_REQUEST', 'sourceType'],
    ['an id that is an object', () => ({ id: { $gt: 0 } }), 400, 'INVALID_REQUEST', 'id'],
    ['an id that is a list', () => ({ id: [id] }), 400, 'INVALID_REQUEST', 'id'],
    ['an id that nothing has', () => ({ id: 4711 }), 404, 'SOURCE_NOT_FOUND', '4711'],
    ['an unknown type', () => ({ sourceType: 'ldpa', options }), 409, 'SOURCE_TYPE_UNKNOWN', 'Registered: api, file'],
    ['a type inherited by every object', () => ({ sourceType: 'constructor' }), 409, 'SOURCE_TYPE_UNKNOWN', ''],
    ['options that are a list', () => ({ id, options: [] }), 400, 'SOURCE_OPTIONS_INVALID', 'options:'],
    ['options that are a text', () => ({ id, options: 'url' }), 400, 'SOURCE_OPTIONS_INVALID', 'options:'],
    ['options that are null', () => ({ id, options: null }), 400, 'SOURCE_OPTIONS_INVALID', 'options:'],
    [
      'options that the type refuses',
      () => ({ id, options: { url: 1 } }),
      400,
      'SOURCE_OPTIONS_INVALID',
      'options.url:',
    ],
    [
      'encrypted values from outside',
      () => ({ id, options: { ...options, bindDN: { $encrypted: 'forged' } } }),
      400,
      'SOURCE_OPTIONS_INVALID',
      'options.bindDN:',
    ],
    ['a type that cannot be tried', () => ({ sourceType: 'untestable', options: {} }), 409, 'SOURCE_NOT_TESTABLE', ''],
    ['the built-in source', () => ({ id: 1 }), 409, 'SOURCE_NOT_TESTABLE', '"api"'],
  ])('refuses %s without asking the source', async (_, body, status, code, message) => {
    const answer = await test(body());
    expect([answer.status, errorOf(answer).code]).toEqual([status, code]);
    expect(errorOf(answer).message).toContain(message);
    expect(seen).toBeUndefined();
  });

  it.each<[string, Error, string, string]>([
    [
      'an error with a cause',
      new Error('fetch failed', { cause: new Error('connect ECONNREFUSED') }),
      'SOURCE_FAILED',
      'The source could not be read: fetch failed: connect ECONNREFUSED. ',
    ],
    [
      'what the other system said',
      new ExternalAPIError('401 Unauthorized.'),
      'EXTERNAL_API_ERROR',
      '401 Unauthorized. ',
    ],
    [
      'secrets',
      new Error(`bind as "${SECRET}" failed`, { cause: new Error(`/?p=${encodeURIComponent(SECRET)}`) }),
      'SOURCE_FAILED',
      `bind as "${MASK}" failed: /?p=${MASK}. `,
    ],
    ['secrets where the reason is cut', new Error('x'.repeat(195) + SECRET), 'SOURCE_FAILED', 'x'.repeat(195) + '****'],
    [
      'secrets in an error with a code',
      new SyncError('SOURCE_FAILED', { reason: `${SECRET} is wrong.` }),
      'SOURCE_FAILED',
      `${MASK} is wrong. `,
    ],
  ])('tells why the source failed, without secrets: %s', async (_, error, code, message) => {
    failure = error;
    const answer = await test({ id });
    expect([answer.status, errorOf(answer).code]).toEqual([422, code]);
    expect(errorOf(answer).message).toContain(message);
    expect(JSON.stringify(answer.body)).not.toMatch(/S3cret/);
  });

  it('a run tells it without secrets, too', async () => {
    await admin.post(`/api/userDataSyncSources:update?filterByTk=${id}`, { enabled: true });
    failure = new Error(`bind as "${SECRET}" failed`);
    const started = await admin.post('/api/userData:pull', { name: 'vault' });
    await host.plugin.syncService.whenIdle();
    const [task] = await host.rows('userDataSyncTasks', {
      where: { id: (started.body as { data: { taskId: number } }).data.taskId },
    });
    expect(task).toMatchObject({ code: 'SOURCE_FAILED', message: expect.stringContaining(MASK) as string });
    expect(JSON.stringify(task)).not.toMatch(/S3cret/);
  });

  it('does not follow from opening a link', async () => {
    const answer = await admin.get(`/api/userData:testConnection?id=${id}`);
    expect([answer.status, errorOf(answer).code]).toEqual([405, 'METHOD_NOT_ALLOWED']);
    expect(seen).toBeUndefined();
  });
});

describe('exportOutcomes', () => {
  const HEADER = ['target', 'uid', 'name', 'action', 'code', 'reason', 'changes'];
  const ROW = { target: 'users', action: 'failed', attempt: 1 };
  let taskId: number;
  let otherId: number;

  beforeAll(async () => {
    taskId = await pushed([]);
    otherId = await pushed([]);
  });
  afterEach(() => host.db.getModel('userDataSyncOutcomes').destroy({ where: {}, truncate: true }));

  const addOutcomes = (rows: object[]) =>
    host.db.getModel('userDataSyncOutcomes').bulkCreate(rows.map((row) => ({ taskId, ...ROW, ...row })));
  const download = (id: unknown = taskId, headers: Record<string, string> = {}) => {
    const request = host.http.get(`/api/userData:exportOutcomes?taskId=${String(id)}`).set(headers);
    return request.set('Authorization', `Bearer ${String(admin.token)}`);
  };
  const rowsOf = (text: string): string[][] => parse(text, { bom: true });

  /** The cells that a parser finds that goes by another delimiter, unless it gives up. */
  const cellsOf = (text: string, delimiter: string): string[] => {
    try {
      const rows: string[][] = parse(text, { bom: true, delimiter, relax_quotes: true, relax_column_count: true });
      return rows.flat();
    } catch {
      return [];
    }
  };

  it('gives all rows of the last attempt of the task, in order, beyond a page', async () => {
    const uids = Array.from({ length: 2501 }, (_, index) => `u${index}`);
    await addOutcomes([{ uid: 'earlier attempt' }, ...uids.slice(0, 1700).map((uid) => ({ uid, attempt: 2 }))]);
    await addOutcomes([{ uid: 'other task', taskId: otherId, attempt: 2 }]);
    await addOutcomes([...uids.slice(1700).map((uid) => ({ uid, attempt: 2 })), { uid: 'not yet', attempt: 3 }]);
    await host.db.getModel('userDataSyncTasks').update({ attempt: 2 }, { where: { id: taskId } });
    const [header, ...rows] = rowsOf((await download()).text);
    await host.db.getModel('userDataSyncTasks').update({ attempt: 1 }, { where: { id: taskId } });
    expect(header).toEqual(HEADER);
    expect(rows.map(([, uid]) => uid)).toEqual(uids);
  });

  it.each([0, 1000])('gives the header once and every row with %i rows', async (count) => {
    await addOutcomes(Array.from({ length: count }, (_, index) => ({ uid: String(index) })));
    const rows = rowsOf((await download()).text);
    expect(rows[0]).toEqual(HEADER);
    expect(rows).toHaveLength(count + 1);
  });

  it('is a file of UTF-8 CSV with a name', async () => {
    const { headers, text } = await download();
    expect(headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="sync-task-${taskId}.csv"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(text.startsWith('\uFEFF')).toBe(true);
  });

  it('tells reasons in the language of the request, and changes', async () => {
    const changes = { email: { old: null, new: 'a@b.c' }, nickname: { old: 'A', new: 'B; C' } };
    await addOutcomes([
      { uid: '1', code: 'TITLE_MISSING', params: { path: 'records[0].title' }, message: 'stored' },
      { uid: '2', action: 'updated', changes },
      { uid: '3', message: 'of an earlier version' },
    ]);
    const cells = async (locale: string) =>
      rowsOf((await download(taskId, { 'X-Locale': locale })).text)
        .slice(1)
        .map(([, , , , code, reason, changed]) => [code, reason, changed]);
    expect(await cells('en-US')).toEqual([
      ['TITLE_MISSING', 'records[0].title: a department needs a title.', ''],
      ['', '', 'email: null → a@b.c; nickname: A → B; C'],
      ['', 'of an earlier version', ''],
    ]);
    const [[, chinese]] = await cells('zh-CN');
    expect(chinese).toMatch(/^records\[0\]\.title.*部门/);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1', '=cmd|"/c calc"!A1'])(
    'makes %j harmless in every cell',
    async (text) => {
      await addOutcomes([{ uid: text, name: text, target: text, message: text }]);
      const [, row] = rowsOf((await download()).text);
      const harmless = `'${text.replace(/(?<=[\t\r])=/, "'=")}`;
      expect(row).toEqual([harmless, harmless, harmless, 'failed', '', harmless, '']);
    },
  );

  it.each([
    'x;=1+1',
    'x; =1+1',
    'x;"=1+1"',
    'x";=1+1',
    'x;+1',
    'x;-1',
    'x;@SUM(A1)',
    'x;＝1',
    'x;;=1',
    'x|=1+1',
    'x\t=1+1',
    'x\n=1+1',
    'x\r\n=1+1',
    'x\r=1+1',
    'x;\t=1',
    '";=1+1;"',
    "=cmd|' /c calc'!A1;=1",
  ])('makes %j harmless wherever a spreadsheet splits it', async (text) => {
    await addOutcomes([{ uid: text, name: text, target: text, changes: { nickname: { old: text, new: text } } }]);
    const { text: file } = await download();
    const parts = [/;/, /\t/, /\|/].flatMap((separator) =>
      file
        .replace(/^\uFEFF/, '')
        .split(/[\r\n]+/)
        .flatMap((line) => line.split(separator)),
    );
    const splitByAParser = [';', '\t', '|'].flatMap((delimiter) => cellsOf(file, delimiter));
    for (const part of [...parts, ...splitByAParser, ...rowsOf(file).flat()])
      expect(part.replace(/^["\s]*/, '')).not.toMatch(/^[=+\-@＝]/);
  });

  it('keeps quotes, commas and line breaks within their cell', async () => {
    const name = 'a "b", c\r\nd\ne;\u2028f';
    await addOutcomes([{ uid: '1', name }, { uid: '2' }]);
    const [, first, second] = rowsOf((await download()).text);
    expect([first[2], second]).toEqual([name, ['users', '2', '', 'failed', '', '', '']]);
  });

  it('reads no further than the one who downloads', async () => {
    await addOutcomes(Array.from({ length: 9000 }, (_, index) => ({ uid: String(index) })));
    const pages = jest.spyOn(host.db.getModel('userDataSyncOutcomes'), 'findAll');
    const ctx = { action: { params: { taskId } }, db: host.db, set: () => undefined } as unknown as ActionContext;
    await exportOutcomes(ctx);
    const stream = (ctx.body as Readable)[Symbol.asyncIterator]();
    await stream.next();
    // Whatever is read ahead has been asked for by then.
    for (let statement = 0; statement < 5; statement += 1) await host.rows('userDataSyncTasks');
    expect(pages.mock.calls.length).toBeLessThanOrEqual(3);
    for (const [options] of pages.mock.calls) expect(options).toMatchObject({ limit: 1000 });
    await stream.return?.();
  });

  it('breaks off when a page cannot be read, and the server goes on', async () => {
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
    await addOutcomes(Array.from({ length: 3000 }, (_, index) => ({ uid: String(index) })));
    const model = host.db.getModel('userDataSyncOutcomes');
    const findAll = model.findAll.bind(model);
    jest.spyOn(model, 'findAll').mockImplementationOnce(findAll).mockRejectedValueOnce(new Error('disk on fire'));
    await expect(Promise.resolve(download())).rejects.toThrow('aborted');
    jest.restoreAllMocks();
    expect(rowsOf((await download()).text)).toHaveLength(3001);
  });
});

describe('downloadPayload', () => {
  const folder = () => path.join(process.env.STORAGE_PATH as string, 'logs/main/user-data-sync');
  const linesOf = async (taskId: number | string) => {
    const answer = await admin.get(`/api/userData:downloadPayload?taskId=${taskId}`);
    expect(answer.status).toBe(200);
    const lines = bodyOf(answer).split('\n');
    expect(lines.pop()).toBe('');
    return lines.map((line) => JSON.parse(line) as PayloadLine);
  };

  it('gives exactly the lines of the task, with secrets masked', async () => {
    const taskId = await pushed([{ uid: 'p1', nickname: 'Mine', password: SECRET }], 'payload');
    const otherId = await pushed([{ uid: 'p2', nickname: 'Theirs' }], 'payload');
    expect(await linesOf(taskId)).toMatchObject([
      { taskId, source: 'payload', records: [{ uid: 'p1', nickname: 'Mine', password: MASK }] },
    ]);
    expect(await linesOf(otherId)).toMatchObject([{ taskId: otherId, records: [{ uid: 'p2' }] }]);
  });

  it('is a file of JSON lines with a name', async () => {
    const taskId = await pushed([{ uid: 'p1' }]);
    const { headers } = await admin.get(`/api/userData:downloadPayload?taskId=${taskId}`);
    expect(headers).toMatchObject({
      'content-type': 'application/x-ndjson; charset=utf-8',
      'content-disposition': `attachment; filename="sync-task-${taskId}.jsonl"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
  });

  it('takes nothing in a record for the task of a line', async () => {
    const victim = await pushed([{ uid: 'victim' }]);
    const fake = `{"taskId":${victim},"records":[]}`;
    const hostile = [
      { uid: 'h1', taskId: victim, nickname: 'leaked' },
      { uid: 'h2', nickname: fake, [`],"taskId":${victim},"x":["`]: 'leaked' },
      { uid: 'h3', nickname: `\n${fake}\n`, 'leaked\u2028': 1, taskId: victim, '\u2029': [], '\u0085': fake },
    ];
    const name = `x","taskId":${victim},"records":[`;
    const taskId = await pushed(hostile, name);
    const empty = await pushed([], `${name}]`);
    expect(await linesOf(victim)).toMatchObject([{ records: [{ uid: 'victim' }] }]);
    expect(await linesOf(taskId)).toMatchObject([{ source: name, records: hostile }]);
    expect(await linesOf(empty)).toHaveLength(1);
  });

  it('reads every file of the days of the task, in the order in which they were written', async () => {
    const taskId = await pushed([{ uid: 'first file' }]);
    const [written] = payloadLines(taskId);
    const day = new Date();
    const files = ['.log.2', '.log.10'].map((end) => path.join(folder(), day.toISOString().slice(0, 10) + end));
    files.forEach((file, index) => {
      const cut = JSON.stringify(written).slice(0, 80);
      writeFileSync(file, `${JSON.stringify({ ...written, part: index + 2 })}\n${cut}\n${cut}`);
    });
    try {
      expect((await linesOf(taskId)).map(({ part }) => part)).toEqual([1, 2, 3]);
    } finally {
      files.forEach((file) => rmSync(file));
    }
  });

  it('gives what earlier attempts delivered, too', async () => {
    const taskId = await pushed([{ uid: 'first attempt' }]);
    const later = new Date(Date.now() + 30 * 24 * 60 * 60 * 1000);
    const values = { attempt: 2, startedAt: later, finishedAt: later };
    await host.db.getModel('userDataSyncTasks').update(values, { where: { id: taskId } });
    expect(await linesOf(taskId)).toMatchObject([{ records: [{ uid: 'first attempt' }] }]);
  });

  it('is empty when the log of that time is gone', async () => {
    const taskId = await pushed([{ uid: 'long ago' }]);
    const then = new Date('2001-02-03');
    const values = { createdAt: then, startedAt: then, finishedAt: then };
    await host.db.getModel('userDataSyncTasks').update(values, { where: { id: taskId }, silent: true });
    expect(await linesOf(taskId)).toEqual([]);
  });

  describe('of a folder', () => {
    let logs: string;
    beforeEach(() => {
      logs = mkdtempSync(path.join(process.env.STORAGE_PATH as string, 'logs-'));
    });
    const read = (folderName: string) =>
      readPayload(folderName, '5', new Date('2026-01-02T00:00:00Z'), new Date('2026-01-02T00:00:00Z'));
    const all = async (lines: AsyncIterable<string>) => {
      const found: string[] = [];
      for await (const line of lines) found.push(line);
      return found;
    };

    it('that is not there is empty', async () => {
      expect(await all(read(path.join(logs, 'none')))).toEqual([]);
    });

    it('goes on after a file that is rotated away meanwhile', async () => {
      symlinkSync(path.join(logs, 'gone'), path.join(logs, '2026-01-01.log'));
      writeFileSync(path.join(logs, '2026-01-02.log'), '{"taskId":5,"part":1}\n{"taskId":55,"part":2}\n');
      expect(await all(read(logs))).toEqual(['{"taskId":5,"part":1}\n']);
    });

    it('is read as far as it is asked for', async () => {
      writeFileSync(path.join(logs, '2026-01-01.log'), '{"taskId":"5"}\n');
      mkdirSync(path.join(logs, '2026-01-02.log'));
      const lines = read(logs);
      expect(await lines.next()).toMatchObject({ value: '{"taskId":"5"}\n' });
      await expect(lines.next()).rejects.toThrow('EISDIR');
    });

    it('takes lines that are longer than a piece', async () => {
      const line = (taskId: number) => `${JSON.stringify({ taskId, records: ['ä😀'.repeat(700_000)] })}\n`;
      writeFileSync(path.join(logs, '2026-01-01.log'), line(4) + line(5) + line(6));
      expect(await all(read(logs))).toEqual([line(5)]);
    });

    it('has other files in it, which are left alone', async () => {
      for (const name of ['2026-01-02.log.gz', '2026-01-02.logs', 'x2026-01-02.log', '.audit.json'])
        writeFileSync(path.join(logs, name), '{"taskId":5}\n');
      expect(await all(read(logs))).toEqual([]);
    });
  });
});

describe.each(['exportOutcomes', 'downloadPayload'])('%s', (action) => {
  const get = (caller: Caller, query: string) => caller.get(`/api/userData:${action}${query}`);

  it.each([
    '',
    '?taskId=',
    '?taskId=x',
    '?taskId=-1',
    '?taskId=1.5',
    '?taskId=1e3',
    '?taskId[]=1',
    '?taskId[$gt]=0',
    '?taskId=1&taskId=2',
    '?taskId=1%0d%0aX-Injected:%201',
    '?taskId=1%0a',
    '?taskId=1%22;x=%22',
    '?taskId=../../1',
    '?taskId=1%00',
    '?taskId=1234567890123456789',
  ])('refuses %s', async (query) => {
    const answer = await get(admin, query);
    expect([answer.status, errorOf(answer).code]).toEqual([400, 'INVALID_REQUEST']);
    expect(answer.headers).not.toHaveProperty('x-injected');
    expect(answer.headers).not.toHaveProperty('content-disposition');
  });

  it('knows no task that is not there', async () => {
    const answer = await get(admin, '?taskId=999999999999999999');
    expect([answer.status, errorOf(answer).code]).toEqual([404, 'TASK_NOT_FOUND']);
  });
});

describe('who may use the page', () => {
  const requests = async (caller: Caller) => [
    await caller.post('/api/userData:testConnection', { id: 1 }),
    await caller.get('/api/userData:exportOutcomes?taskId=1'),
    await caller.get('/api/userData:downloadPayload?taskId=1'),
    await caller.get('/api/userDataSyncSources:list'),
  ];

  it('is nobody with a key that may only push', async () => {
    const pusher = new Caller(host, await host.pushKey());
    for (const answer of await requests(pusher))
      expect([answer.status, errorOf(answer).code]).toEqual([403, 'NO_PERMISSION']);
  });

  it('is no member', async () => {
    const account = { username: 'plain-member', password: 'long enough 1' };
    await admin.post('/api/users:create', { ...account, roles: [{ name: 'member' }] });
    const signedIn = await new Caller(host).post(
      '/api/auth:signIn',
      { account: account.username, password: account.password },
      { 'X-Authenticator': 'basic' },
    );
    const member = new Caller(host, (signedIn.body as { data: { token: string } }).data.token);
    for (const answer of await requests(member))
      expect([answer.status, errorOf(answer).code]).toEqual([403, 'NO_PERMISSION']);
  });

  it('is nobody who has not signed in', async () => {
    for (const { status } of await requests(new Caller(host))) expect(status).toBe(401);
  });
});

describe('the runs in the list of sources', () => {
  interface ListedSource {
    name: string;
    lastTask?: { id: number; status: string } | null;
    lastPreview?: { id: number; dryRun: boolean } | null;
    blockedTaskIds?: number[];
  }
  const list = async (query = '') => {
    const answer = await admin.get(`/api/userDataSyncSources:list?paginate=false${query}`);
    return (answer.body as { data: ListedSource[] }).data;
  };
  const byName = async (query?: string) => new Map((await list(query)).map((source) => [source.name, source.lastTask]));

  it('are the newest run of each source, and null without any', async () => {
    await admin.post('/api/userDataSyncSources:create', { name: 'never run', sourceType: 'api' });
    await pushed([], 'last a');
    const ofB = await pushed([], 'last b');
    const ofA = await pushed([{ uid: 'bad', isDeleted: 'no' }], 'last a');
    const lastTasks = await byName();
    expect(lastTasks.get('last a')).toMatchObject({
      id: ofA,
      status: 'partially_failed',
      counts: { users: { failed: 1 } },
    });
    expect(lastTasks.get('last b')).toMatchObject({ id: ofB, status: 'success' });
    expect(lastTasks.get('never run')).toBeNull();
  });

  it('show a newer preview beside the last run, until the next run', async () => {
    const dryRun = { dataType: 'user', sourceName: 'last b', records: [], dryRun: true };
    const { body } = await admin.push(dryRun);
    const ofB = (await list()).find(({ name }) => name === 'last b');
    expect(ofB).toMatchObject({
      lastTask: { status: 'success', dryRun: false },
      lastPreview: { id: (body as { data: { taskId: number } }).data.taskId, dryRun: true },
    });
    const next = await pushed([], 'last b');
    const later = (await list()).find(({ name }) => name === 'last b');
    expect(later).toMatchObject({ lastTask: { id: next }, lastPreview: null });
  });

  it('tell which runs wait for approval, whatever was run since, and by what they are overtaken', async () => {
    const source = async () => (await list()).find(({ name }) => name === 'last held');
    const people = Array.from({ length: 8 }, (_, index) => ({ uid: `held ${index}`, nickname: `Held ${index}` }));
    await pushed(people, 'last held');
    expect(await source()).toMatchObject({ blockedTaskIds: [] });
    const held = await admin.push({ dataType: 'user', mode: 'full', sourceName: 'last held', records: [] });
    expect(held.status).toBe(409);
    const [blocked] = (await source())?.blockedTaskIds ?? [];
    const read = async () =>
      (await admin.get(`/api/userDataSyncTasks:get?filterByTk=${blocked}`)).body as { data: { newerTaskId: unknown } };
    expect((await read()).data).toMatchObject({ status: 'blocked', newerTaskId: null });
    const newer = await pushed([{ uid: 'held 0', nickname: 'Newer' }], 'last held');
    expect(await source()).toMatchObject({ lastTask: { id: newer, status: 'success' }, blockedTaskIds: [blocked] });
    expect((await read()).data).toMatchObject({ newerTaskId: newer });
  });

  it('come with pages as with the whole list', async () => {
    const answer = await admin.get('/api/userDataSyncSources:list?pageSize=1&sort=-id');
    expect(answer.body).toMatchObject({ data: [{ lastTask: { status: 'success' } }], meta: { pageSize: 1 } });
  });

  it('are left out when the ids are', async () => {
    expect(await list('&fields[]=name')).toEqual(expect.arrayContaining([{ name: 'last a' }]));
  });

  it('cost the same number of statements, however many sources there are', async () => {
    const statements = async () => {
      const query = jest.spyOn(host.db.sequelize, 'query');
      await list();
      const count = query.mock.calls.length;
      query.mockRestore();
      return count;
    };
    await list();
    const before = await statements();
    for (let index = 0; index < 30; index += 1) await pushed([], `many ${index}`);
    expect(await statements()).toBe(before);
    expect((await list()).length).toBeGreaterThan(30);
  });
});
