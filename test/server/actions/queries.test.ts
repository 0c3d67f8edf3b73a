import { stringify } from 'node:querystring';
import type { Response } from 'supertest';
import { SyncApi } from '../../../src/client/page/api';
import { exposedOf, type Exposed, type FieldType } from '../../../src/server/actions/resources/exposed-fields';
import { OPERATORS, type Operand } from '../../../src/server/actions/resources/operators';
import type { ActionContext, Next } from '../../../src/server/host/requests/context';
import { TestApp } from '../../support/app';
import { Caller, errorOf } from '../../support/http';
import { dictionaryOfNames } from '../../support/names';
import { signedInUser } from '../../support/people';

const READABLE = ['userDataSyncSources', 'userDataSyncTasks', 'userDataSyncOutcomes', 'userDataSyncDisabledUsers'];
/** What the list of sources says about their runs. */
const RUNS = ['lastTask', 'lastPreview', 'blockedTaskIds'];
const KEPT_BACK = [
  'userDataSyncRecords',
  'userDataSyncRecordsResources',
  'userDataSyncPendingLinks',
  'userDataSyncHeldDeliveries',
  'userDataSyncSettings',
];
/** Tables that no refused request changes. */
const TABLES = [...READABLE, ...KEPT_BACK, 'users', 'roles', 'rolesUsers', 'departments', 'departmentsUsers'];
const CHANGING = [
  'create',
  'update',
  'destroy',
  'move',
  'add',
  'set',
  'remove',
  'toggle',
  'firstOrCreate',
  'updateOrCreate',
  'query',
];
const REFUSALS = [400, 403, 404, 405];
const EMAIL = 'somebody.else@example.com';

let host: TestApp;
let root: Caller;
/** Has a role with nothing but `pm.user-data-sync`. */
let operator: Caller;
let member: Caller;
let somebodyId: number;
let disabledId: number;

beforeAll(async () => {
  host = await TestApp.start();
  root = new Caller(host, await host.adminToken());
  await root.post('/api/roles:create', { name: 'sync', title: 'Sync', snippets: ['pm.user-data-sync'] });
  operator = (await signedInUser(host, root, 'operator', { roles: ['sync'] })).caller;
  member = (await signedInUser(host, root, 'member', { roles: ['member'] })).caller;
  const somebody = await signedInUser(host, root, 'somebody', { roles: ['sync'], email: EMAIL, phone: '+49 30 7' });
  somebodyId = somebody.id;
  disabledId = (await signedInUser(host, root, 'disabled', { roles: ['member'], email: 'off@example.com' })).id;
  // So that somebody has made a source, run a task and disabled a user.
  for (const name of ['alpha', 'beta'])
    await somebody.caller.post('/api/userDataSyncSources:create', { name, sourceType: 'api', enabled: true });
  const records = [{ uid: 'u-1', nickname: 'Uma' }, { uid: '50% of_it', nickname: 'Percent' }, { nickname: 'No uid' }];
  await somebody.caller.push({ dataType: 'user', records, sourceName: 'alpha' });
  await somebody.caller.push({ dataType: 'user', records: [{ uid: 'b-1' }], sourceName: 'beta', dryRun: true });
  await somebody.caller.post('/api/userData:disableUser', { userId: disabledId });
});
afterAll(() => host?.stop());

const dump = async () =>
  Object.fromEntries(await Promise.all(TABLES.map(async (table) => [table, await host.rows(table)] as const)));

async function changingNothing(work: () => Promise<void>): Promise<void> {
  const before = await dump();
  await work();
  expect(await dump()).toEqual(before);
}

const query = (params: Record<string, unknown>) =>
  new URLSearchParams(
    Object.entries(params).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  ).toString();

const dataOf = (answer: Response) => (answer.body as { data: unknown }).data;

/** Nothing of a person, of a secret or of the server is in the answer. */
function expectDiscreet(answer: Response): void {
  expect(answer.text).not.toContain(EMAIL);
  expect(answer.text).not.toMatch(/"password"|"resetToken"|"phone"|\$encrypted|"roles":\[\{/);
  expect(answer.text).not.toMatch(/SELECT |SQLITE|Sequelize|is not a function|Cannot read|node_modules|does not exist/);
}

/** A request that is refused: with a code, without details of the server, and never as its failure. */
async function expectRefused(send: () => Promise<Response>, what: string, statuses = REFUSALS): Promise<void> {
  const answer = await send();
  const passed = statuses.includes(answer.status) ? [] : [what, answer.status, answer.text.slice(0, 300)];
  expect(passed).toEqual([]);
  expectDiscreet(answer);
}

interface CollectionField {
  readonly name: string;
  readonly options: { readonly target?: string; readonly hidden?: boolean };
}

/** Relations of a collection, as the host knows them, with the fields of where they lead. */
function relationsOf(collection: string): { name: string; fields: string[] }[] {
  const { fields } = host.db.getCollection(collection);
  return ([...fields.values()] as CollectionField[]).flatMap(({ name, options }) =>
    options.target ? [{ name, fields: [...host.db.getCollection(options.target).fields.keys()] }] : [],
  );
}

describe('the table', () => {
  it.each(READABLE)('decides about every field of %s', (collection) => {
    const { fields, relations } = exposedOf(collection) as Exposed;
    const known = [...host.db.getCollection(collection).fields.values()] as CollectionField[];
    const isRelation = ({ options }: CollectionField) => options.target !== undefined;
    // What the collection hides is never answered, nor asked for unless the table says so.
    const ownNames = known.filter((field) => !isRelation(field) && !field.options.hidden).map(({ name }) => name);
    expect(ownNames.filter((name) => !(name in fields))).toEqual([]);
    const relationNames = known.filter(isRelation).map(({ name }) => name);
    expect(Object.keys(relations).filter((name) => !relationNames.includes(name))).toEqual([]);
  });

  it.each(KEPT_BACK)('has nothing of %s', (collection) => expect(exposedOf(collection)).toBeUndefined());
});

describe.each(READABLE)('a query of %s', (collection) => {
  const send = (params: string, action = 'list') => operator.get(`/api/${collection}:${action}?${params}`);
  const { relations } = exposedOf(collection) as Exposed;
  let before: object;

  beforeAll(async () => {
    before = await dump();
  });
  afterAll(async () => expect(await dump()).toEqual(before));

  it('reaches no field over a relation but those of the table', async () => {
    for (const { name, fields } of relationsOf(collection)) {
      for (const field of fields.filter((one) => !Object.hasOwn(relations[name] ?? {}, one))) {
        const path = `${name}.${field}`;
        for (const params of [
          { filter: { [`${path}.$notEmpty`]: true } },
          { filter: { $or: [{ id: 1 }, { [name]: { [field]: { $includes: 'a' } } }] } },
          { sort: `-${path}` },
          { fields: `id,${path}` },
          { except: path, appends: name },
          { appends: path },
        ])
          await expectRefused(() => send(query(params)), `${collection} ${JSON.stringify(params)}`, [400]);
      }
    }
  });

  it.each<[string, Record<string, unknown>]>([
    ['the roles of who made it', { appends: 'createdBy.roles.users' }],
    ['password hashes letter by letter', { filter: { 'createdBy.roles.users.password.$startsWith': '5' } }],
    ['the same, as objects', { filter: { createdBy: { roles: { users: { password: { $startsWith: '5' } } } } } }],
    ['the same by who disabled somebody', { filter: { 'disabledBy.password.$startsWith': '5' } }],
    ['the order of password hashes', { sort: 'createdBy.password' }],
    ['a circle', { appends: 'source.tasks.source.tasks.source' }],
    ['recursion', { appends: 'createdBy(recursively=true)' }],
    ['options', { filter: { 'options.apiToken.$includes': 'a' } }],
    ['options of a source', { filter: { 'source.options.$notEmpty': true } }],
    ['the order of options', { sort: '-options' }],
    ['another collection', { targetCollection: 'users' }],
    ['a template', { isTemplate: true }],
    ['parameters of the ORM', { include: 'createdBy' }],
    ['groups of the ORM', { group: 'id', attributes: 'password' }],
    ['a tree', { tree: true }],
    ['an unknown field', { fields: 'nope' }],
    ['an unknown exception', { except: 'nope' }],
    ['an unknown relation', { appends: 'nope' }],
    ['an unknown order', { sort: 'nope' }],
    ['two signs of order', { sort: '--id' }],
    ['a statement as order', { sort: 'id; DROP TABLE users' }],
    ['too many names', { sort: 'id,'.repeat(3000) }],
    ['page 0', { page: 0 }],
    ['a page before the first', { page: -1 }],
    ['a page that is no number', { page: 'x' }],
    ['a page far out', { page: '99999999999999999999' }],
    ['a page of nothing', { pageSize: 0 }],
    ['a page of everything', { pageSize: 1_000_000 }],
    ['half a row', { pageSize: 1.5 }],
    ['perhaps pages', { paginate: 'perhaps' }],
    ['an operator that is none', { filter: { id: { $nope: 1 } } }],
    ['an operator of a database', { filter: { $where: '1' } }],
    ['an operator of another type', { filter: { id: { $includes: '1' } } }],
    ['a filter that is a number', { filter: 5 }],
    ['a filter that is a text', { filter: '"x"' }],
    ['a filter that is a list', { filter: [{ id: 1 }] }],
    ['a filter that is no JSON', { filter: '{bad' }],
    ['an empty filter', { filter: '' }],
    ['branches that are no list', { filter: { $or: { id: 1 } } }],
    ['branches that are texts', { filter: { $and: ['x'] } }],
    ['an id that is a text', { filter: { id: 'abc' } }],
    ['an id that is a statement', { filter: { id: '1 OR 1=1' } }],
    ['an id that is too large', { filter: { id: '99999999999999999999' } }],
    ['an id that is infinite', { filter: '{"id":1e400}' }],
    ['an id that is half', { filter: { id: 1.5 } }],
    ['an id that is an object', { filter: { id: { $eq: { $gt: 0 } } } }],
    ['an id that is a list in a list', { filter: { id: [[1]] } }],
    ['an id that is true', { filter: { id: true } }],
    ['an empty name', { filter: { '': 1 } }],
    ['a name of dots', { filter: { '..': 1 } }],
    ['a name that ends with a dot', { filter: { 'id.': 1 } }],
    ['something below an operator', { filter: { 'id.$eq.x': 1 } }],
    ['a name with a zero-width space', { filter: { 'id\u200b': 1 } }],
    ['a name with a NUL', { filter: { 'id\0': 1 } }],
    ['a column with quotes', { filter: { 'id" OR "1': 1 } }],
    ['a long name', { filter: { ['x'.repeat(5000)]: 1 } }],
    ['branches too deep', { filter: '{"$and":['.repeat(40) + '{"id":1}' + ']}'.repeat(40) }],
    ['brackets too deep', { filter: '['.repeat(1000) + ']'.repeat(1000) }],
    ['objects too deep', { filter: '{"id":'.repeat(700) + '1' + '}'.repeat(700) }],
    ['too many values', { filter: { id: Array.from({ length: 600 }, () => 1) } }],
    ['too many conditions', { filter: { $or: Array.from({ length: 501 }, () => ({})) } }],
    ['no condition where there has to be one', { filter: { id: {} } }],
    ['filterByTk of a list', { filterByTk: 1 }],
    ['an unknown parameter', { nope: 1 }],
  ])('refuses %s', async (_, params) => {
    await expectRefused(() => send(query(params)), JSON.stringify(params).slice(0, 200), [400]);
  });

  it.each([
    'filter[id][$gt]=abc',
    'filter[id]=1&filter[id]=x',
    'filter[$or][0][id][$eq][]=1',
    'filter={"id":1}&filter={"id":2}',
    'sort[$gt]=1',
    'sort[0][0]=id',
    'fields[$in]=nope',
    'appends[x]=nope',
    'page[]=1',
    'pageSize[$gt]=1',
    'paginate[]=false',
    'except[][x]=1',
  ])('refuses the brackets of %s', async (params) => {
    await expectRefused(() => send(params), params, [400]);
  });

  it.each(['abc', '1;2', '0x1', '-1', '1.5', '99999999999999999999', '{"id":1}', '{"$gt":0}', '[1,2]'])(
    'refuses %j as an id',
    async (id) => {
      await expectRefused(() => send(query({ filterByTk: id }), 'get'), id, [400]);
      await expectRefused(() => operator.get(`/api/${collection}/${encodeURIComponent(id)}`), id);
    },
  );

  it('tells nothing to who may not read it, however it asks', async () => {
    for (const params of [
      '',
      'filter={bad',
      'filter={"createdBy.password.$startsWith":"5"}',
      'appends=createdBy',
      'sort=x',
    ]) {
      await expectRefused(() => member.get(`/api/${collection}:list?${params}`), params);
      await expectRefused(() => new Caller(host).get(`/api/${collection}:list?${params}`), params, [400, 401]);
    }
  });

  it('refuses ids in brackets, and none at all', async () => {
    for (const params of ['filterByTk[$gt]=0', 'filterByTk[]=1', 'filterByTk[0]=1&filterByTk[1]=2', 'filterByTk=', ''])
      await expectRefused(() => send(params, 'get'), params, [400]);
  });

  it('takes no name for one that every object has', async () => {
    for (const name of dictionaryOfNames) {
      for (const params of [
        { filter: `{${JSON.stringify(name)}:1}` },
        { filter: `{"id":{${JSON.stringify(name)}:1}}` },
        { filter: `{"createdBy":{${JSON.stringify(name)}:1},"user":{${JSON.stringify(name)}:1}}` },
        { sort: name },
        { fields: name },
        { except: name },
        { appends: name },
        { [name]: '1' },
      ])
        await expectNoFailure(() => send(query(params)), JSON.stringify(params));
    }
  });

  it('is answered in pages only, unless the list is short', async () => {
    const answer = await send('paginate=false');
    expect(answer.status).toBe(collection === 'userDataSyncSources' ? 200 : 400);
  });

  it('gives everything of the table, and nothing else, when everything is asked for', async () => {
    const { fields } = exposedOf(collection) as Exposed;
    const answer = await send(query({ appends: Object.keys(relations).join() }));
    expect(answer.status).toBe(200);
    expectDiscreet(answer);
    const rows = dataOf(answer) as Record<string, object | null>[];
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      const extra = ['secretsSet', ...RUNS, ...Object.keys(relations)];
      expect(Object.keys(row).filter((name) => !(name in fields) && !extra.includes(name))).toEqual([]);
      for (const [name, known] of Object.entries(relations))
        expect(Object.keys(row[name] ?? {}).filter((field) => !Object.hasOwn(known, field))).toEqual([]);
    }
  });

  it('gives of a row only what is asked for', async () => {
    const [relation] = Object.keys(relations);
    const answer = await send(`fields=id,${relation}.id&sort=id`);
    expect(answer.status).toBe(200);
    for (const row of dataOf(answer) as Record<string, object | null>[]) {
      expect(Object.keys(row).sort()).toEqual(
        collection === READABLE[0] ? ['createdBy', 'id', ...RUNS].sort() : [relation, 'id'].sort(),
      );
      if (row[relation]) expect(Object.keys(row[relation])).toEqual(['id']);
    }
    const without = dataOf(await send(`except=id,${relation}.id&appends=${relation}`)) as Record<string, object>[];
    expect(without.every((row) => !('id' in row) && !('id' in (row[relation] ?? {})))).toBe(true);
  });

  it('can use every operator on every field, and sort by it', async () => {
    const fields = Object.entries((exposedOf(collection) as Exposed).fields);
    const related = Object.entries(relations).flatMap(([name, known]) =>
      Object.entries(known).map(([field, type]) => [`${name}.${field}`, type] as const),
    );
    for (const [name, type] of [...fields, ...related]) {
      const filter = {
        $and: Object.entries(OPERATORS[type]).flatMap(([operation, operand]) =>
          samples(type, operand).map((value) => ({ [name]: { [operation]: value } })),
        ),
      };
      expect([name, (await send(query({ filter }))).status]).toEqual([name, 200]);
      if (type !== 'json' && !name.includes('.'))
        expect([name, (await send(`sort=-${name},id`)).status]).toEqual([name, 200]);
    }
  });
});

async function expectNoFailure(send: () => Promise<Response>, what: string): Promise<void> {
  const answer = await send();
  expect([what, answer.status < 500]).toEqual([what, true]);
  expectDiscreet(answer);
}

const VALUES: Readonly<Record<FieldType, unknown[]>> = {
  id: [1, '1', '999999999999999999'],
  integer: [0, '-1', 999_999_999_999_999],
  boolean: [true, 'false'],
  text: ['', 'a%_\\\'"', '{{$user.email}}', 'x'.repeat(255), 7],
  date: ['2026', '2026-02', '2026-02-03', '2026-02-03 04', '2026-02-03T04:05', '2026-02-03T04:05:06.789Z'],
  json: [],
};

function samples(type: FieldType, operand: Operand): unknown[] {
  switch (operand) {
    case 'valueOrNull':
      return [null, ...VALUES[type]];
    case 'value':
      return VALUES[type];
    case 'list':
      return [[], VALUES[type]];
    case 'flag':
      return [true, 'false'];
    case 'range':
      return [['2026-02-03', '2026-02-04T00:00:00.000Z']];
  }
}

describe('a filter', () => {
  const uids = async (filter: unknown, headers: Record<string, string> = {}) => {
    const answer = await host.http
      .get(`/api/userDataSyncOutcomes:list?${query({ filter, sort: 'id' })}`)
      .set({ Authorization: `Bearer ${operator.token}`, ...headers });
    expect(answer.status).toBe(200);
    return (dataOf(answer) as { uid: string }[]).map(({ uid }) => uid);
  };

  beforeAll(async () => {
    const [{ id: taskId }] = await host.rows<{ id: number }>('userDataSyncTasks');
    const row = { taskId, attempt: 9, target: 'users', action: 'updated' };
    await host.db.getModel('userDataSyncOutcomes').bulkCreate([
      { ...row, uid: 'f-1', name: 'Ada', at: '2026-02-03T23:30:00.000Z', held: true },
      { ...row, uid: 'f-2', name: 'ada%', at: '2026-02-04T00:30:00.000Z', held: false },
      { ...row, uid: '7', name: null, at: null, held: null, rowId: '12' },
    ]);
  });
  afterAll(() => host.db.getModel('userDataSyncOutcomes').destroy({ where: { attempt: 9 } }));

  it.each<[string, object, string[]]>([
    ['a value', { uid: 'f-1' }, ['f-1']],
    ['a number where there are texts', { uid: 7, rowId: { $eq: 12 } }, ['7']],
    ['a text where there are numbers', { attempt: '9', id: { $gt: '0' } }, ['f-1', 'f-2', '7']],
    ['a list', { uid: ['f-2', '7'] }, ['f-2', '7']],
    ['$notIn', { uid: { $notIn: ['f-1'] } }, ['f-2', '7']],
    ['nothing', { name: null }, ['7']],
    ['$ne nothing', { name: { $ne: null } }, ['f-1', 'f-2']],
    ['a part of a text, whatever its case', { name: { $includes: 'ADA' } }, ['f-1', 'f-2']],
    ['a template as a text', { name: { $includes: '{{$user.nickname}}' } }, []],
    ['$isTruly', { held: { $isTruly: true } }, ['f-1']],
    ['$isFalsy', { held: { $isFalsy: true } }, ['f-2', '7']],
    ['a flag as a text', { held: 'false' }, ['f-2']],
    ['$empty', { at: { $empty: true } }, ['7']],
    [
      'one of several',
      { $or: [{ uid: 'f-1' }, { $and: [{ name: { $includes: 'a' } }, { held: false }] }] },
      ['f-1', 'f-2'],
    ],
    ['names with dots', { 'uid.$in': ['f-1'] }, ['f-1']],
    ['a relation', { 'task.status': { $ne: null }, task: { trigger: 'push' }, uid: 'f-1' }, ['f-1']],
    ['empty branches', { $or: [], $and: [{}] }, ['f-1', 'f-2', '7']],
    ['a day', { at: { $dateOn: '2026-02-03' } }, ['f-1']],
    ['a point in time', { at: { $gte: '2026-02-04' } }, ['f-2']],
    ['from one day to another', { at: { $dateBetween: ['2026-02-03', '2026-02-04'] } }, ['f-1', 'f-2']],
  ])('takes %s', async (_, filter, expected) => {
    expect(await uids({ ...filter, attempt: 9 })).toEqual(expected);
  });

  it('takes days in the zone of who asks', async () => {
    const day = { attempt: 9, at: { $dateOn: '2026-02-04' } };
    expect(await uids(day, { 'X-Timezone': '+01:00' })).toEqual(['f-1', 'f-2']);
    expect(await uids(day, { 'X-Timezone': 'nonsense' })).toEqual(['f-2']);
    expect(await uids({ attempt: 9, at: { $gte: '2026-02-04' } }, { 'X-Timezone': '+01:00' })).toEqual(['f-1', 'f-2']);
  });

  it('says where it is wrong, and what is known there', async () => {
    const errors: [object, string][] = [
      [
        { $or: [{ id: 1 }, { 'task.batch': 'x' }] },
        'filter.$or[1].task.batch: expected one of id, trigger, mode, status, startedAt.',
      ],
      [{ id: { $in: [1, 'x'] } }, 'filter.id.$in[1]: expected a whole number.'],
      [{ held: { $nope: 1 } }, 'filter.held.$nope: expected one of $eq, $ne, $empty, $notEmpty, $isTruly, $isFalsy.'],
      [{ changes: 1 }, 'filter.changes: expected one of id, taskId, attempt,'],
      [{ at: { $dateOn: 'yesterday' } }, 'filter.at.$dateOn: expected a date.'],
    ];
    for (const [filter, message] of errors) {
      const answer = await operator.get(`/api/userDataSyncOutcomes:list?${query({ filter })}`);
      expect([answer.status, errorOf(answer).code]).toEqual([400, 'INVALID_REQUEST']);
      expect(errorOf(answer).message).toContain(message);
    }
  });

  it('of any size and depth is refused at once when it comes in a body', async () => {
    const deep = '{"$and":['.repeat(100_000) + ']}'.repeat(100_000);
    const wide = JSON.stringify(Array.from({ length: 10_000 }, (_, id) => id));
    for (const body of [
      `{"filter":${deep}}`,
      `{"filter":{"id":${wide}}}`,
      `{"filter":{"$or":${wide}}}`,
      `{"sort":${wide}}`,
      `{"fields":${wide}}`,
      `{"appends":${wide}}`,
      `{"filterByTk":${wide}}`,
    ])
      await expectRefused(
        () => operator.postText('/resourcer/userDataSyncOutcomes:list', body),
        body.slice(0, 40),
        [400],
      );
  });
});

describe('what the page asks for', () => {
  const api = () =>
    new SyncApi(async ({ url, method = 'get', params = {}, data }) => {
      const flat = Object.entries(params).map(([name, value]) =>
        Array.isArray(value) ? [`${name}[]`, value as string[]] : [name, value as string],
      );
      const path = `/api/${url}?${stringify(Object.fromEntries(flat) as Record<string, string>)}`;
      const answer = method === 'get' ? await operator.get(path) : await operator.post(path, data);
      expect([path, answer.status]).toEqual([path, 200]);
      return { data: answer.body as unknown };
    });

  it('is answered: sources with their last tasks', async () => {
    const sources = await api().sources();
    expect(sources).toMatchObject([
      { name: 'api', lastTask: null },
      { name: 'alpha', secretsSet: [], options: {}, rules: { limits: {} }, lastTask: { status: 'partially_failed' } },
      { name: 'beta', lastTask: null, lastPreview: { dryRun: true } },
    ]);
  });

  it('is answered: tasks, by everything that can be chosen, with names and no more of people', async () => {
    const [source] = await host.rows<{ id: number }>('userDataSyncSources', { where: { name: 'alpha' } });
    const day = { from: '2020-01-01T00:00:00.000Z', to: '2100-01-01T00:00:00.000Z' };
    const choice = { sourceId: source.id, status: ['partially_failed', 'failed'] as const, dryRun: false, ...day };
    const { rows, count } = await api().tasks(choice, 1, 20);
    expect(count).toBe(1);
    expect(rows).toMatchObject([
      {
        source: { name: 'alpha', displayName: null, sourceType: 'api' },
        createdBy: { id: somebodyId, nickname: null, username: 'somebody' },
        decidedBy: null,
      },
    ]);
    expect(Object.keys(rows[0].createdBy ?? {})).toEqual(expect.not.arrayContaining(['email', 'phone', 'password']));
    expect(await api().task(rows[0].id)).toEqual({ ...rows[0], newerTaskId: null });
    expect((await api().tasks({ dryRun: true }, 1, 20)).count).toBe(1);
    expect((await api().tasks({}, 2, 1)).rows).toHaveLength(1);
  });

  it('is answered: outcomes, by everything that can be chosen', async () => {
    const [{ id: taskId }] = (await api().tasks({ dryRun: false }, 1, 1)).rows;
    const choice = { taskId, attempt: 1, target: 'users', action: ['created'], search: 'u-' };
    expect(await api().outcomes(choice, 1, 20)).toMatchObject({ count: 1, rows: [{ uid: 'u-1' }] });
    expect((await api().outcomes({ taskId, attempt: 1, kind: 'rejected' }, 1, 20)).count).toBe(1);
  });

  it('is answered: disabled users, by name, and changes', async () => {
    for (const search of ['', 'disab'])
      expect(await api().disabledUsers(search, 1, 20)).toMatchObject({
        count: 1,
        rows: [{ user: { id: disabledId, username: 'disabled' }, disabledBy: { username: 'somebody' }, task: null }],
      });
    expect((await api().disabledUsers('nobody', 1, 20)).count).toBe(0);
    expect((await api().changes({ search: 'u-1' }, 1, 20)).count).toBe(1);
    expect((await api().changes({ rowId: '1' }, 1, 20)).count).toBe(0);
  });
});

describe('what the documentation asks for', () => {
  it.each([
    'userDataSyncTasks:list?sort=-id&pageSize=5',
    'userDataSyncTasks:list?filter={"status": "blocked"}',
    'userDataSyncTasks:list?filter={"sourceId": 2}&sort=-id&pageSize=10',
    'userDataSyncTasks:list?appends=source,createdBy,decidedBy',
    'userDataSyncTasks:list?filter={"source.name": "hr", "startedAt": {"$gte": "2026-01-01"}}',
    'userDataSyncOutcomes:list?filter[taskId]=1',
    'userDataSyncOutcomes:list?filter={"taskId": 5, "action": "failed", "kind": "removal"}',
    'userDataSyncDisabledUsers:list?appends=user,task,disabledBy&sort=-disabledAt',
    'userDataSyncSources:list?locale=de-DE',
  ])('is answered: %s', async (path) => expect((await operator.get(`/api/${path}`)).status).toBe(200));
});

describe('resources that hang on others', () => {
  const nested = () =>
    [...READABLE, ...KEPT_BACK].flatMap((collection) =>
      relationsOf(collection).flatMap(({ name }) => [
        `${collection}/1/${name}`,
        `${collection}/_/${name}`,
        `${collection}.${name}`,
        `${collection}/1/${name}.roles`,
      ]),
    );

  it.each<[string, () => Caller, readonly string[]]>([
    ['root', () => root, CHANGING],
    ['a role for synchronization', () => operator, ['destroy', 'update']],
    ['a member', () => member, ['destroy', 'create']],
  ])('are never changed, not by %s', async (_, caller, actions) => {
    await changingNothing(async () => {
      for (const resource of nested()) {
        for (const action of actions) {
          const path = `/api/${resource}:${action}?filterByTk=1`;
          await expectRefused(() => caller().post(path, { id: 1, nickname: 'Changed', values: [1] }), path);
        }
        await expectRefused(() => caller().get(`/api/${resource}:destroy?filterByTk=1`), `GET ${resource}`);
        for (const method of ['delete', 'put', 'patch'] as const) {
          const request = () =>
            host.http[method](`/api/${resource}/1`).set('Authorization', `Bearer ${caller().token}`);
          await expectRefused(async () => request(), `${method} ${resource}`);
        }
      }
    });
  });

  it('do not let anybody delete root', async () => {
    const [{ id }] = await host.rows<{ id: number }>('userDataSyncSources', { where: { name: 'alpha' } });
    const answer = await root.post(`/api/userDataSyncSources/${id}/createdBy:destroy?filterByTk=1`);
    expect([answer.status, errorOf(answer).code]).toEqual([405, 'ACTION_NOT_AVAILABLE']);
    expect(await host.rows('users', { where: { id: 1 } })).toHaveLength(1);
  });

  it('give what the table has of one row, to who may read what it hangs on', async () => {
    const [task] = await host.rows<{ id: number }>('userDataSyncTasks', { where: { sourceName: 'alpha' } });
    const get = (path: string, caller = root) => caller.get(`/api/userDataSyncTasks/${path}`);
    expect(dataOf(await get(`${task.id}/createdBy:get`))).toEqual({
      id: somebodyId,
      nickname: null,
      username: 'somebody',
    });
    expect(dataOf(await get(`${task.id}/source:get?fields=name`))).toEqual({ name: 'alpha' });
    expect(dataOf(await get(`${task.id}/decidedBy:get`))).toBeNull();
    expect(dataOf(await get('999999/createdBy:get'))).toBeNull();
    for (const path of ['x/createdBy:get', `${task.id}/nope:get`, '%25FF/createdBy:get'])
      await expectRefused(() => get(path), path);
    for (const path of [
      `${task.id}/createdBy:get?appends=roles`,
      `${task.id}/createdBy:get?fields=password`,
      `${task.id}/createdBy:get?filter={"email":"x"}`,
      `${task.id}/source:get?fields=options`,
      `_/createdBy:get`,
    ])
      await expectRefused(() => get(path), path, [400]);
    await expectRefused(() => get(`_/createdBy:list`), 'all users', [405]);
    // May see users, and not tasks.
    const strategy = { actions: ['view'] };
    await root.post('/api/roles:create', { name: 'viewer', title: 'Viewer', strategy, snippets: ['pm.users'] });
    const viewer = (await signedInUser(host, root, 'viewer', { roles: ['viewer'] })).caller;
    expect((await viewer.get('/api/users:list')).status).toBe(200);
    expect((await get(`${task.id}/createdBy:get`, viewer)).status).toBe(403);
  });

  it('include relations that somebody makes to what the plugin keeps', async () => {
    const users = host.db.getCollection('users');
    for (const target of ['userDataSyncTasks', 'userDataSyncHeldDeliveries']) {
      users.setField('found', { type: 'hasMany', target, foreignKey: 'createdById' });
      for (const action of ['list', 'get', ...CHANGING])
        await expectRefused(() => root.post(`/api/users/1/found:${action}?filterByTk=1`, {}), action, [405]);
      users.removeField('found');
    }
  });
});

describe('what runs keep', () => {
  it.each(KEPT_BACK)('is not available to anybody: %s', async (collection) => {
    const strategy = { actions: ['create', 'view', 'update', 'destroy', 'export', 'importXlsx'] };
    const name = `all-${collection}`.toLowerCase();
    await root.post('/api/roles:create', { name, title: name, strategy, snippets: ['pm', 'pm.*', 'ui.*'] });
    const admin = (await signedInUser(host, root, name, { roles: [name] })).caller;
    await changingNothing(async () => {
      for (const caller of [root, admin, operator, member]) {
        for (const action of ['list', 'get', 'export', 'exportXlsx', 'importXlsx', ...CHANGING]) {
          const path = `/api/${collection}:${action}?filterByTk=1`;
          await expectRefused(() => caller.get(path), path);
          await expectRefused(() => caller.post(path, {}), path);
          const data = { 'X-Data-Source': 'main' };
          await expectRefused(() => caller.post(path, {}, data), path);
        }
      }
    });
  });
});

describe('writing a source', () => {
  const BODY = { name: 'written', sourceType: 'api', displayName: 'Written' };
  const PEOPLE = { createdBy: { id: 1, nickname: 'Changed', password: 'Changed 1' }, createdById: 1, sort: 99 };

  it('writes nothing of anybody else, whatever comes with it', async () => {
    const before = await dump();
    const associations =
      'updateAssociationValues[]=createdBy&updateAssociationValues[]=tasks&whitelist[]=createdBy&blacklist[]=name';
    const tasks = [{ batch: 'forged', status: 'success' }];
    const created = await operator.post(`/api/userDataSyncSources:create?${associations}`, {
      ...BODY,
      ...PEOPLE,
      tasks,
    });
    expect(created.status).toBe(200);
    expectDiscreet(created);
    const { id, createdById } = dataOf(created) as { id: number; createdById: number };
    expect(createdById).not.toBe(1);
    const update = (query: string, body: object) =>
      operator.post(`/api/userDataSyncSources:update?filterByTk=${id}&${query}`, body);
    const updated = await update(associations, { displayName: 'Again', ...PEOPLE, tasks });
    expect(updated.status).toBe(200);
    expect(dataOf(updated)).toMatchObject([{ name: 'written', displayName: 'Again' }]);
    expectDiscreet(updated);
    for (const query of ['filter={"enabled":true}', 'forceUpdate=true', 'individualHooks=false', 'overwrite=1'])
      await expectRefused(() => update(query, { displayName: 'Refused' }), query, [400]);
    for (const query of [
      '',
      'truncate=true',
      'filterByTk=x',
      'filter={}',
      'filter={"createdBy.password.$startsWith":"5"}',
    ])
      await expectRefused(() => operator.post(`/api/userDataSyncSources:destroy?${query}`), query, [400]);
    await expectRefused(() => operator.post('/api/userDataSyncSources:update', {}), 'no id', [400]);
    expect((await operator.post(`/api/userDataSyncSources:destroy?filterByTk=${id}`)).status).toBe(200);
    expect(await dump()).toEqual(before);
  });

  it('is answered as it is read when permissions are asked for, too', async () => {
    const request = host.http.get('/api/userDataSyncTasks:list?appends=createdBy&sort=-id');
    const answer = await request.set({ Authorization: `Bearer ${operator.token}`, 'X-With-ACL-Meta': 'true' });
    expect(answer.status).toBe(200);
    expectDiscreet(answer);
  });

  it('destroys what was asked for, and nothing when that is not there', async () => {
    const before = await dump();
    for (const query of [
      'filterByTk=999999',
      'filterByTk=0',
      'filter={"name":"nobody"}',
      'filterByTk[]=999998&filterByTk[]=999999',
    ])
      expect([query, dataOf(await operator.post(`/api/userDataSyncSources:destroy?${query}`))]).toEqual([query, 0]);
    expect(await dump()).toEqual(before);
  });

  it('finds no row for the id 0, which the host takes for no id', async () => {
    await changingNothing(async () => {
      expect((await operator.post('/api/userDataSyncSources:update?filterByTk=0', {})).status).toBe(404);
      expect((await operator.post('/api/userData:purge', { sourceId: 0 })).status).toBe(404);
      const got = await operator.get('/api/userDataSyncSources:get?filterByTk=0');
      expect(dataOf(got) ?? null).toBeNull();
    });
  });

  it('survives a body of any depth', async () => {
    const deep = '{"a":'.repeat(50_000) + '1' + '}'.repeat(50_000);
    await changingNothing(async () => {
      for (const body of [deep, `{"name":"deep","sourceType":"api","nope":${deep}}`, '[]', '5', 'null', '"x"'])
        await expectNoFailure(() => operator.postText('/api/userDataSyncSources:create', body), body.slice(0, 40));
      await host.db.getRepository('userDataSyncSources').destroy({ filter: { name: 'deep' } });
    });
  });
});

describe('moving a source', () => {
  const order = async () =>
    (dataOf(await operator.get('/api/userDataSyncSources:list?sort=sort')) as { id: number; name: string }[]).map(
      ({ name }) => name,
    );
  const move = (params: Record<string, unknown>) => operator.post(`/api/userDataSyncSources:move?${query(params)}`);
  const idOf = async (name: string) =>
    (await host.rows<{ id: number }>('userDataSyncSources', { where: { name } }))[0].id;

  it('puts it where another one is, after it, or to the first place', async () => {
    expect(await order()).toEqual(['api', 'alpha', 'beta']);
    const [api, alpha, beta] = await Promise.all(['api', 'alpha', 'beta'].map(idOf));
    expect((await move({ sourceId: beta, targetId: api })).status).toBe(200);
    expect(await order()).toEqual(['beta', 'api', 'alpha']);
    expect((await move({ sourceId: beta, targetId: alpha, method: 'insertAfter', sortField: 'sort' })).status).toBe(
      200,
    );
    expect(await order()).toEqual(['api', 'alpha', 'beta']);
    expect((await move({ sourceId: beta, sticky: true })).status).toBe(200);
    expect(await order()).toEqual(['beta', 'api', 'alpha']);
    expect((await move({ sourceId: beta, targetId: alpha })).status).toBe(200);
  });

  it.each<[string, Record<string, unknown>, number, string]>([
    ['nothing', {}, 400, 'sourceId: expected a whole number.'],
    ['no target', { sourceId: 1 }, 400, 'targetId: expected a whole number.'],
    ['ids that are none', { sourceId: 'x', targetId: 1 }, 400, 'sourceId: expected a whole number.'],
    ['a source that is not there', { sourceId: 4711, targetId: 1 }, 404, '4711'],
    ['a target that is not there', { sourceId: 1, targetId: 4711 }, 404, '4711'],
    ['another field', { sourceId: 1, targetId: 1, sortField: 'name' }, 400, 'sortField: expected sort.'],
    ['another method', { sourceId: 1, targetId: 1, method: 'x' }, 400, 'method: expected one of insertAfter, prepend.'],
    ['a scope', { sourceId: 1, targetScope: { name: 'x' } }, 400, 'targetScope: expected one of'],
    ['perhaps the first place', { sourceId: 1, sticky: 'perhaps' }, 400, 'sticky: expected true or false.'],
  ])('is refused with %s', async (_, params, status, message) => {
    await changingNothing(async () => {
      const answer = await move(params);
      expect([answer.status, errorOf(answer).code]).toEqual([
        status,
        status === 400 ? 'INVALID_REQUEST' : 'SOURCE_NOT_FOUND',
      ]);
      expect(errorOf(answer).message).toContain(message);
    });
  });
});

describe('other actions', () => {
  it.each([
    'filter={bad',
    'filter={"id":1}',
    'sort=id',
    'fields=id',
    'appends=task',
    'page=x',
    'page[]=1',
    'search[]=x',
  ])('refuse %s for the history of changes', async (params) => {
    const answer = await operator.get(`/api/userData:listChanges?${params}`);
    expect([answer.status, errorOf(answer).code]).toEqual([400, 'INVALID_REQUEST']);
  });

  it.each(['listSyncTypes', 'settings', 'exportOutcomes', 'downloadPayload'])(
    '%s is not answered as empty when the host cannot read the query',
    async (action) => {
      const answer = await operator.get(`/api/userData:${action}?filter={bad&taskId=1`);
      expect([answer.status, errorOf(answer).code]).toEqual([400, 'INVALID_REQUEST']);
    },
  );

  it.each(['userDataSyncTasks/%FF/source:get', 'userData%FF:push', 'userDataSyncTasks/%25FF/source:get'])(
    'answer an address that nobody can read with 400: %s',
    async (path) => expectRefused(() => operator.get(`/api/${path}`), path, [400, 404]),
  );
});

describe('what nobody expected', () => {
  it.each<[string, () => jest.SpyInstance, string]>([
    ['in a list', () => jest.spyOn(host.db.getModel('userDataSyncTasks'), 'findAll'), 'userDataSyncTasks:list'],
    ['in an action', () => jest.spyOn(host.db.getModel('userDataSyncOutcomes'), 'count'), 'userData:listChanges'],
    ['after an action', () => jest.spyOn(host.db.getModel('userDataSyncTasks'), 'findAll'), 'userDataSyncSources:list'],
  ])('is told to the log only: %s', async (_, spy, path) => {
    const logged: unknown[] = [];
    const listen = async ({ log }: Pick<ActionContext, 'log'>, next: Next) => {
      log.error = (...told) => void logged.push(told);
      await next();
    };
    host.app.resourceManager.use(listen as never, { tag: 'listening', before: 'userDataSyncGuard' });
    const failing = spy().mockRejectedValueOnce(new Error('SELECT "password" FROM "users"'));
    const answer = await operator.get(`/api/${path}`);
    failing.mockRestore();
    expect(answer.status).toBe(500);
    expect(answer.body).toEqual({
      errors: [{ code: 'INTERNAL_ERROR', message: 'An error occurred on the server. See the server log for details.' }],
    });
    expect(JSON.stringify(logged)).toContain('SELECT \\"password\\"');
  });
});
