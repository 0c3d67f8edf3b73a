import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import type { Model } from '@nocobase/database';
import demoSource from '../../../../host/demo-source.json';
import { FileSource, type SyncSourceConfig } from '../../../../src/server/sources';
import { TestApp } from '../../../support/app';
import { waitForTask, type TaskRow } from '../../../support/tasks';

const storage = process.env.STORAGE_PATH as string;
const folder = path.join(storage, 'user-data-sync');

interface Answer {
  status: number;
  body: { data?: Record<string, unknown>; errors?: { code: string; message: string }[] };
}

interface OutcomeRow {
  attempt: number;
  target: string;
  uid: string;
  action: string;
  code: string | null;
  message: string | null;
}

let host: TestApp;
let token: string;

beforeAll(async () => {
  host = await TestApp.start();
  token = await host.adminToken();
});
afterAll(() => host?.stop());

const post = (url: string, body: object): Promise<Answer> =>
  host.http
    .post(url)
    .set('Authorization', `Bearer ${token}`)
    .send(body)
    .then((answer) => answer as Answer);

/** Puts a file into the folder that sources read from. */
function put(name: string, content: string | Buffer): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return name;
}

let sources = 0;
/** A new source of type `file`, switched on. */
async function source(options: object): Promise<{ id: number; name: string }> {
  const name = `file-${(sources += 1)}`;
  const values = { name, sourceType: 'file', enabled: true, options };
  const answer = await post('/api/userDataSyncSources:create', values);
  expect(answer.body.errors).toBeUndefined();
  return { id: answer.body.data?.id as number, name };
}

/** Presses Sync and waits for the end. */
async function sync(name: string): Promise<TaskRow> {
  const answer = await post('/api/userData:pull', { name });
  expect(answer.body.errors).toBeUndefined();
  return waitForTask(host, answer.body.data?.taskId as number);
}

async function retry(sourceId: number, id: number): Promise<TaskRow> {
  const answer = await post('/api/userData:retry', { sourceId, id });
  expect(answer.body.errors).toBeUndefined();
  return waitForTask(host, answer.body.data?.taskId as number);
}

const outcomesOf = (task: TaskRow) =>
  host.rows<OutcomeRow>('userDataSyncOutcomes', { where: { taskId: task.id, attempt: task.attempt }, order: ['id'] });

/** A user with what the host knows about the departments that it is in. */
async function person(username: string) {
  const user = (await host.db
    .getRepository('users')
    .findOne({ filter: { username }, appends: ['departments', 'mainDepartment'] })) as Model | null;
  if (!user) return undefined;
  const { nickname, email, phone, departments, mainDepartment } = user.toJSON<{
    nickname: string | null;
    email: string | null;
    phone: string | null;
    departments: { title: string; departmentsUsers: { isOwner: boolean } }[];
    mainDepartment: { title: string } | null;
  }>();
  const titles = (list: typeof departments) => list.map(({ title }) => title).sort();
  return {
    nickname,
    email,
    phone,
    departments: titles(departments),
    owns: titles(departments.filter(({ departmentsUsers }) => departmentsUsers.isOwner)),
    main: mainDepartment?.title ?? null,
  };
}

describe('a source of type file', () => {
  const mapping = {
    departments: { 'Cost centre': 'uid', Größe: 'title', Über: 'parentUid' },
    users: {
      'Employee no': 'uid',
      姓名: 'nickname',
      'Log in': 'username',
      In: 'departments',
      Leads: 'ownedDepartments',
      Main: 'mainDepartment',
      Phone: 'phone',
    },
  };

  it('brings departments and people with memberships, owners and main departments', async () => {
    put('plant/departments.csv', '\uFEFFCost centre;Größe;Über\r\n20;"Halle;\r\nNord";10\r\n10;Werk;\r\n');
    put(
      'plant/people.csv',
      'Employee no\t姓名\tLog in\tIn\tLeads\tMain\tPhone\tSalary\n1\t王芳\tfang\t10; 20\t20\t20\t\t1000\n2\tÖzlem\tozlem\t\t\t10\t5550100\t1000\n',
    );
    const { name } = await source({
      departments: { path: 'plant/departments.csv', mapping: mapping.departments },
      users: { path: 'plant/people.csv', mapping: mapping.users },
    });

    const task = await sync(name);

    expect(task).toMatchObject({ status: 'success', code: null, done: 4, total: 4 });
    expect(task.counts).toMatchObject({
      users: { created: 2, warnings: 0 },
      departments: { created: 2 },
      memberships: { updated: 2 },
    });
    expect(await person('fang')).toEqual({
      nickname: '王芳',
      email: null,
      phone: null,
      departments: ['Halle;\nNord', 'Werk'],
      owns: ['Halle;\nNord'],
      main: 'Halle;\nNord',
    });
    expect(await person('ozlem')).toMatchObject({ phone: '5550100', departments: ['Werk'], owns: [], main: 'Werk' });
    const [hall] = await host.rows<{ parentId: number }>('departments', { where: { title: 'Halle;\nNord' } });
    const [plant] = await host.rows<{ id: number }>('departments', { where: { title: 'Werk' } });
    expect(String(hall.parentId)).toBe(String(plant.id));
  });

  it('changes nothing the second time', async () => {
    const task = await sync('file-1');
    expect(task.counts).toMatchObject({ users: { all: 2, unchanged: 2 }, departments: { all: 2, unchanged: 2 } });
    expect(await outcomesOf(task)).toEqual([]);
  });

  it('empties a field whose cell is empty, and keeps one whose column is gone', async () => {
    put('cells.csv', 'uid,username,nickname,phone,email\nc1,cells,Cells,5550123,cells@example.com\n');
    const { name } = await source({ users: { path: 'cells.csv' } });
    await sync(name);
    put('cells.csv', 'uid,username,nickname,phone\nc1,cells,Cells,\n');
    await sync(name);
    expect(await person('cells')).toMatchObject({ phone: null, email: 'cells@example.com' });
  });

  it('removes whom a column marks as deleted', async () => {
    put('leaver.csv', 'uid,username,isDeleted\nl1,leaver,no\n');
    const { name } = await source({ users: { path: 'leaver.csv' } });
    await sync(name);
    expect(await person('leaver')).toBeDefined();
    put('leaver.csv', 'uid,username,isDeleted\nl1,leaver,yes\n');
    expect((await sync(name)).counts).toMatchObject({ users: { disabled: 1 } });
    expect(await host.rows('users', { where: { username: 'leaver', isDisabled: true } })).toHaveLength(1);
  });

  it('reads a list of objects from JSON, with a mapping or without', async () => {
    put('list.json', JSON.stringify([{ uid: 'J', title: 'Jets' }]));
    put(
      'list-of-people.JSON',
      JSON.stringify([{ no: 5, login: 'jay', places: [{ uid: 'J', isOwner: true }], pay: 1 }]),
    );
    const { name } = await source({
      departments: { path: 'list.json' },
      users: { path: 'list-of-people.JSON', mapping: { no: 'uid', login: 'username', places: 'departments' } },
    });
    expect((await sync(name)).counts).toMatchObject({ users: { created: 1, warnings: 0 } });
    expect(await person('jay')).toMatchObject({ departments: ['Jets'], owns: ['Jets'], main: 'Jets' });
  });

  it('reads uploaded text, and the path where both are given', async () => {
    const { name } = await source({ users: { text: '\uFEFFuid|username\nt1|texty\n' } });
    expect((await sync(name)).counts).toMatchObject({ users: { created: 1 } });
    const json = await source({ users: { text: '[{"uid":"t2","username":"jsonny"}]', format: 'json' } });
    expect((await sync(json.name)).counts).toMatchObject({ users: { created: 1 } });
    put('both.csv', 'uid,username\nt3,pathy\n');
    const both = await source({ users: { path: 'both.csv', text: 'uid,username\nt4,nobody\n' } });
    await sync(both.name);
    expect([await person('pathy'), await person('nobody')]).toEqual([expect.anything(), undefined]);
  });

  it('links a user who is there already by the match key', async () => {
    await host.db.getRepository('users').create({ values: { username: 'byhand', email: 'byhand@example.com' } });
    const users = { text: 'uid,email,nickname\nm1,byhand@example.com,By Hand\n' };
    const { name } = await source({ matchKey: 'email', users });
    expect((await sync(name)).counts).toMatchObject({ users: { linked: 1, created: 0 } });
    expect(await person('byhand')).toMatchObject({ nickname: 'By Hand' });
  });
});

describe('a bad row', () => {
  it('fails alone, and says in which file and line it stands', async () => {
    put('rows.csv', 'uid,username,isDeleted\nr1,"row\n1",\n\n,nobody,\nr3,row3,perhaps\nr4,row4,\n');
    const { name } = await source({ users: { path: 'rows.csv' } });
    const task = await sync(name);
    expect(task.status).toBe('partially_failed');
    expect(task.counts).toMatchObject({ users: { all: 4, created: 2, failed: 2 } });
    const failures = (await outcomesOf(task)).filter(({ action }) => action === 'failed');
    expect(failures).toEqual([
      expect.objectContaining({ code: 'UID_MISSING', message: expect.stringContaining('rows.csv line 5') as string }),
      expect.objectContaining({
        code: 'VALUE_INVALID',
        message: expect.stringContaining('rows.csv line 6.isDeleted') as string,
      }),
    ]);
    expect(await person('row4')).toBeDefined();
  });

  it('of a file that has everybody is not missing, whatever the column of its uid is called', async () => {
    const mapping = { No: 'uid', Name: 'username', Gone: 'isDeleted' };
    const isDisabled = async (username: string) =>
      Boolean((await host.rows<{ isDisabled: unknown }>('users', { where: { username } })).at(0)?.isDisabled);
    const rows = (...lines: string[]) => put('everybody.csv', ['No,Name,Gone', ...lines, ''].join('\n'));
    rows('z1,zed1,', 'z2,zed2,', 'z3,zed3,');
    const { name } = await source({ mode: 'full', users: { path: 'everybody.csv', mapping } });
    await sync(name);
    rows('z1,zed1,', 'z2,zed2,perhaps');
    const task = await sync(name);
    expect(task.counts).toMatchObject({ users: { unchanged: 1, failed: 1, disabled: 1 } });
    expect((await outcomesOf(task)).find(({ action }) => action === 'failed')).toMatchObject({ uid: 'z2' });
    expect(await isDisabled('zed2')).toBe(false);
    rows('z1,zed1,', ',nobody,');
    expect((await sync(name)).counts).toMatchObject({ users: { failed: 1, disabled: 0, warnings: 1 } });
    expect(await isDisabled('zed2')).toBe(false);
  });

  it('of a JSON list fails alone, and says at which place it stands', async () => {
    const { name } = await source({
      departments: { text: '[{"uid":"x1","title":"X"},{"uid":"x2"},7]', format: 'json' },
    });
    const task = await sync(name);
    const failures = (await outcomesOf(task)).filter(({ action }) => action === 'failed');
    expect(failures.map(({ code, message }) => [code, message?.split(/:| must/)[0]])).toEqual([
      ['TITLE_MISSING', 'departments[1].title'],
      ['VALUE_INVALID', 'departments[2]'],
    ]);
  });
});

describe('a file that cannot be read fails the task', () => {
  const people = 'uid,username\n1,never\n';

  const expectFailure = async (input: object, code: string, message: RegExp | string) => {
    const { name } = await source({ users: input });
    expect(await sync(name)).toMatchObject({
      status: 'failed',
      code,
      message: (typeof message === 'string'
        ? expect.stringContaining(message)
        : expect.stringMatching(message)) as string,
      total: 0,
    });
  };
  afterAll(async () => expect(await person('never')).toBeUndefined());

  it.each([
    [
      'nowhere.csv',
      'nowhere.csv was not found in the folder user-data-sync of the storage folder. Put the file there, or correct the path.',
    ],
    ['nowhere/at/all.csv', 'nowhere/at/all.csv was not found'],
    ['with\0zero.csv', 'zero.csv was not found'],
    [`${'long'.repeat(70)}.csv`, 'longlong'],
  ])('when there is no %j', (file, message) => expectFailure({ path: file }, 'FILE_NOT_FOUND', message));

  it('when it is a folder', async () => {
    mkdirSync(path.join(folder, 'folder.csv'), { recursive: true });
    await expectFailure({ path: 'folder.csv' }, 'FILE_NOT_FOUND', /folder\.csv was not found/);
  });

  it.each(['pipe.csv', 'link-to-pipe.csv', 'socket.csv', 'link-to-null.csv'])(
    'when it is no ordinary file: %s',
    async (file) => {
      for (const made of ['pipe.csv', 'link-to-pipe.csv', 'socket.csv', 'link-to-null.csv'])
        rmSync(path.join(folder, made), { force: true });
      execFileSync('mkfifo', [path.join(folder, 'pipe.csv')]);
      symlinkSync('pipe.csv', path.join(folder, 'link-to-pipe.csv'));
      symlinkSync('/dev/null', path.join(folder, 'link-to-null.csv'));
      // The path of a socket has 107 bytes at most, so it is made where it is named shortly.
      const server = createServer().listen(path.relative(process.cwd(), path.join(folder, 'socket.csv')));
      await once(server, 'listening');
      try {
        await expectFailure(
          { path: file },
          file === 'link-to-null.csv' ? 'FILE_OUTSIDE_FOLDER' : 'FILE_NOT_FOUND',
          file,
        );
      } finally {
        server.close();
        await once(server, 'close');
      }
    },
  );

  it('when it has more columns than a table of people', async () => {
    const columns = Array.from({ length: 100_000 }, (_, index) => `c${index}`).join(',');
    await expectFailure(
      { path: put('columns.csv', `uid,${columns}\n`) },
      'CSV_TOO_MANY_COLUMNS',
      'columns.csv has 100001 columns. At most 1000 are allowed.',
    );
  });

  it.each([
    ['../outside.csv'],
    ['plant/../../outside.csv'],
    [path.join(storage, 'outside.csv')],
    [path.join(folder, 'inside.csv')],
    ['.'],
    ['secret.key'],
    ['.env'],
    ['people.csv.exe'],
  ])('when %j leads out of the folder or is no table by its name', async (file) => {
    writeFileSync(path.join(storage, 'outside.csv'), people);
    for (const name of ['inside.csv', 'secret.key', '.env', 'people.csv.exe']) put(name, people);
    await expectFailure(
      { path: file },
      'FILE_OUTSIDE_FOLDER',
      /only CSV, TSV, TXT and JSON files in the folder user-data-sync/,
    );
  });

  it('when a symbolic link leads out of the folder', async () => {
    writeFileSync(path.join(storage, 'outside.csv'), people);
    mkdirSync(folder, { recursive: true });
    symlinkSync(path.join(storage, 'outside.csv'), path.join(folder, 'link.csv'));
    symlinkSync(storage, path.join(folder, 'way-out'));
    await expectFailure({ path: 'link.csv' }, 'FILE_OUTSIDE_FOLDER', /^link\.csv:/);
    await expectFailure({ path: 'way-out/outside.csv' }, 'FILE_OUTSIDE_FOLDER', /^way-out/);
  });

  it.each([
    ['Latin-1', Buffer.from('uid,username\n1,J\xFCrgen\n', 'latin1')],
    ['UTF-16 with a byte order mark', Buffer.from('\uFEFFuid,username\n1,a\n', 'utf16le')],
    ['UTF-16 without one', Buffer.from('uid,username\n1,a\n', 'utf16le')],
  ])('when it is %s', async (encoding, bytes) => {
    const file = put(`${encoding}.csv`, bytes);
    await expectFailure({ path: file }, 'FILE_NOT_UTF8', `${file} is not UTF-8 text. Save it as UTF-8 and run again.`);
  });

  it('when it is too large', async () => {
    put('large.csv', people);
    truncateSync(path.join(folder, 'large.csv'), 100 * 1024 * 1024 + 1);
    await expectFailure(
      { path: 'large.csv' },
      'FILE_TOO_LARGE',
      'large.csv is larger than 100 MB. Split it, or push the records.',
    );
    rmSync(path.join(folder, 'large.csv'));
  });

  it.each([
    ['nothing', ''],
    ['spaces', ' \r\n\r\n'],
    ['a byte order mark', '\uFEFF'],
  ])('when there is %s in it', async (_, text) => {
    await expectFailure(
      { path: put('empty.csv', text) },
      'FILE_EMPTY',
      'empty.csv is empty. Add the data to the file and run again.',
    );
    await expectFailure(
      { path: put('empty.json', text) },
      'FILE_EMPTY',
      'empty.json is empty. Add the data to the file and run again.',
    );
  });

  it.each([
    [
      'has no column that the mapping names',
      'uid,Name\n1,a\n',
      'CSV_COLUMN_MISSING',
      /the column "Log in" is missing\. The columns are: uid, Name\./,
    ],
    ['has a column twice', 'uid,uid,Log in\n1,2,a\n', 'CSV_COLUMN_DUPLICATE', /"uid" appears twice/],
    [
      'never closes a quote',
      'uid,Log in\n1,a\n2,"b\n3,c\n',
      'CSV_INVALID',
      /, line 3: .*never closed\. Correct the line and run again/,
    ],
  ])('when it %s', async (_, text, code, message) => {
    await expectFailure({ path: put('bad.csv', text), mapping: { uid: 'uid', 'Log in': 'username' } }, code, message);
  });

  it('when it has no uid column and no mapping says which it is', () =>
    expectFailure({ text: 'id,username\n1,never\n' }, 'CSV_COLUMN_MISSING', /^users: the column "uid" is missing/));

  it.each([
    ['malformed', '[\n{"uid": 1},\n{"uid": }\n]', /: line 3\. Correct it and run again\.$/],
    ['no list', '{"uid": 1}', /expected an array/],
  ])('when its JSON is %s', async (_, text, message) => {
    await expectFailure({ path: put('bad.json', text) }, 'JSON_INVALID', message);
  });

  it('and leaves what it had delivered before in place', async () => {
    put('stays.csv', 'uid,username\ns1,stays\n');
    const { name } = await source({ users: { path: 'stays.csv' } });
    await sync(name);
    rmSync(path.join(folder, 'stays.csv'));
    expect((await sync(name)).code).toBe('FILE_NOT_FOUND');
    expect(await person('stays')).toBeDefined();
  });

  it('and succeeds by Retry once it is corrected', async () => {
    put('retry.csv', 'uid,username\nq1,"quentin\n');
    const { id, name } = await source({ users: { path: 'retry.csv' } });
    const first = await sync(name);
    expect(first).toMatchObject({ status: 'failed', code: 'CSV_INVALID', attempt: 1, trigger: 'manual' });

    expect(await retry(id, first.id)).toMatchObject({
      id: first.id,
      status: 'failed',
      code: 'CSV_INVALID',
      attempt: 2,
    });

    put('retry.csv', 'uid,username\nq1,quentin\n');
    const third = await retry(id, first.id);
    expect(third).toMatchObject({ status: 'success', code: null, message: '', attempt: 3, trigger: 'retry' });
    expect(await person('quentin')).toBeDefined();

    expect((await sync(name)).counts).toMatchObject({ users: { all: 1, unchanged: 1 } });
    const again = await post('/api/userData:retry', { sourceId: id, id: first.id });
    expect([again.status, again.body.errors?.[0].code]).toEqual([409, 'TASK_NOT_RETRYABLE']);
  });

  it('with a code, whatever bytes are in it', async () => {
    const { name } = await source({ users: { path: 'noise.csv' }, matchKey: 'username' });
    const { name: listName } = await source({ users: { path: 'noise.json' } });
    const pieces = [
      'uid',
      'username',
      ',',
      ';',
      '"',
      '""',
      '\n',
      '\r\n',
      '\t',
      '\\',
      '\uFEFF',
      'é',
      '\0',
      '{',
      '[',
      ':',
      '1',
      ' ',
    ];
    let seed = 42;
    const random = (below: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
    for (let round = 0; round < 40; round += 1) {
      const length = random(200);
      const noise =
        round % 2 === 0
          ? Buffer.from(Array.from({ length }, () => random(256)))
          : Array.from({ length }, () => pieces[random(pieces.length)]).join('');
      put('noise.csv', noise);
      put('noise.json', noise);
      for (const task of [await sync(name), await sync(listName)]) {
        if (task.status === 'failed') expect(task.code).toMatch(/^(FILE_|CSV_|JSON_)/);
        else expect(['success', 'partially_failed']).toContain(task.status);
      }
    }
  });
});

describe('options', () => {
  const refused = [
    ['nothing at all', undefined, 'options.users'],
    ['neither departments nor users', {}, 'options.users'],
    ['no object', [], 'options'],
    ['users that are no object', { users: 'people.csv' }, 'options.users'],
    ['neither a path nor text', { users: { format: 'csv' } }, 'options.users.path'],
    ['a path that is no text', { departments: { path: 7 } }, 'options.departments.path'],
    ['text that is no text', { departments: { text: {} } }, 'options.departments.text'],
    ['a format that nobody knows', { users: { path: 'a.csv', format: 'xlsx' } }, 'options.users.format'],
    ['a delimiter of two characters', { users: { path: 'a.csv', delimiter: '::' } }, 'options.users.delimiter'],
    ['a quote as the delimiter', { users: { path: 'a.csv', delimiter: '"' } }, 'options.users.delimiter'],
    ['a mode that nobody knows', { users: { path: 'a.csv' }, mode: 'all' }, 'options.mode'],
    ['a list of modes', { users: { path: 'a.csv' }, mode: ['full'] }, 'options.mode'],
    ['a mapping that is a list', { users: { path: 'a.csv', mapping: ['uid'] } }, 'options.users.mapping'],
    ['a mapping without a uid', { users: { path: 'a.csv', mapping: { A: 'email' } } }, 'options.users.mapping'],
    ['a mapping to nothing', { users: { path: 'a.csv', mapping: { A: 'uid', B: '' } } }, 'options.users.mapping.B'],
    [
      'a mapping of more columns than a table may have',
      {
        users: {
          path: 'a.csv',
          mapping: Object.fromEntries(
            Array.from({ length: 1001 }, (_, index): [string, string] => [`c${index}`, `f${index}`]),
          ),
        },
      },
      'options.users.mapping',
    ],
    [
      'two columns for one field',
      { users: { path: 'a.csv', mapping: { A: 'uid', B: 'uid' } } },
      'options.users.mapping.B',
    ],
  ] as const;

  it.each(refused)('with %s are refused, and nothing is stored', async (_, options, where) => {
    const values = { name: 'refused', sourceType: 'file', options };
    const created = await post('/api/userDataSyncSources:create', values);
    expect([created.status, created.body.errors?.[0]]).toEqual([
      400,
      { code: 'SOURCE_OPTIONS_INVALID', message: expect.stringMatching(`^${where}: expected `) as string },
    ]);
    expect(await host.rows('userDataSyncSources', { where: { name: 'refused' } })).toEqual([]);
  });

  it.each(refused.filter(([, options]) => options !== undefined))(
    'with %s do not replace good ones',
    async (_, options, where) => {
      const { id, name } = await source({ users: { path: 'kept.csv' } });
      const updated = await post(`/api/userDataSyncSources:update?filterByTk=${id}`, { options });
      expect([updated.status, updated.body.errors?.[0]]).toEqual([
        400,
        {
          code: 'SOURCE_OPTIONS_INVALID',
          message: expect.stringMatching(`^${where}: expected `) as string,
        },
      ]);
      expect((await sync(name)).message).toMatch(/^kept\.csv was not found/);
    },
  );

  it.each([
    [undefined, 'delta'],
    [null, 'delta'],
    ['', 'delta'],
    ['delta', 'delta'],
    ['full', 'full'],
  ])('with the mode %j make every delivery %s', async (mode, expected) => {
    const text = '[{"uid":"1","title":"A"}]';
    const options = { mode, departments: { text, format: 'json' }, users: { text, format: 'json' } };
    const pulled = new FileSource({ options } as unknown as SyncSourceConfig).pull();
    const delivered: unknown[] = [];
    for await (const delivery of pulled) delivered.push([delivery.dataType, delivery.mode]);
    expect(delivered).toEqual([
      ['department', expected],
      ['user', expected],
    ]);
  });

  it('with a match key that nobody knows are refused', async () => {
    const values = { name: 'refused', sourceType: 'file', options: { matchKey: 'id', users: { path: 'a.csv' } } };
    const { status, body } = await post('/api/userDataSyncSources:create', values);
    expect([status, body.errors?.[0].code]).toEqual([400, 'UNKNOWN_MATCH_KEY']);
  });
});

describe('the demo company', () => {
  it('is complete after one Sync and the same after another', async () => {
    cpSync(path.resolve(__dirname, '../../../../host/demo'), path.join(folder, 'demo'), { recursive: true });
    const { name } = await source(demoSource.options);

    const first = await sync(name);
    expect(first).toMatchObject({ status: 'success', done: 77, total: 77 });
    expect(first.counts).toMatchObject({
      users: { created: 62, failed: 0, warnings: 0 },
      departments: { created: 15, updated: 0, failed: 0, warnings: 0 },
      memberships: { updated: 62, failed: 0, warnings: 0 },
    });
    expect(await person('twojcik')).toEqual({
      nickname: 'Tomasz Wójcik',
      email: 'tomasz.wojcik@example.com',
      phone: '+1 202 555 0101',
      departments: ['Management', 'Operations'],
      owns: ['Operations'],
      main: 'Operations',
    });

    const second = await sync(name);
    expect(second.counts).toMatchObject({ users: { unchanged: 62 }, departments: { unchanged: 15 } });
    expect(await outcomesOf(second)).toEqual([]);
  });
});
