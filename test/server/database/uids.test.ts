import { QueryTypes } from 'sequelize';
import { TestApp } from '../../support/app';
import { Caller, detailOf, errorOf, type PushBody } from '../../support/http';
import { readOrganisation } from '../../support/organisation';
import { waitForTask } from '../../support/tasks';

/** Uids that some way of comparing text takes for the same: case, expansion, space at the end, composition. */
const UIDS = ['A1', 'a1', 'ß', 'ss', 'a1 ', 'é', 'e\u0301', 'e'];
/** The fields that hold uids, names of sources and keys of rows, wherever they are. */
const EXACT_FIELDS = ['uid', 'sourceUk', 'awaits', 'sourceName', 'resourcePk'];

let host: TestApp;
let admin: Caller;
let sources = 0;

beforeAll(async () => {
  host = await TestApp.start();
  admin = new Caller(host, await host.adminToken());
});
afterAll(() => host?.stop());

/** Without a letter of the uids, so that nothing is found by a name that is looked for by a uid. */
const newName = () => `x${(sources += 1)}x`;
const username = (source: string, at: number) => `${source}-${at}`;
const people = (source: string, more: (at: number) => object = () => ({})) =>
  UIDS.map((uid, at) => ({ uid, username: username(source, at), ...more(at) }));
const departments = (source: string, uids: readonly string[]) =>
  uids.map((uid) => ({ uid, title: `${source} ${UIDS.indexOf(uid)}` }));
const push = (sourceName: string, dataType: 'user' | 'department', records: object[], more: object = {}) =>
  admin.push({ sourceName, dataType, records, ...more });
const members = async (title: string) => (await readOrganisation(host)).departments.get(title)?.members;
const decide = (name: string, rules: object) =>
  host.db.getRepository('userDataSyncSources').update({ filter: { name }, values: { rules } });

/** The uids among `UIDS` whose user is disabled. */
async function disabled(source: string): Promise<string[]> {
  const rows = await host.rows<{ username: string; isDisabled: unknown }>('users');
  const gone = new Set(rows.filter(({ isDisabled }) => isDisabled).map((row) => row.username));
  return UIDS.filter((_, at) => gone.has(username(source, at)));
}

describe('uids compare exactly', () => {
  it('in a push, and in the next one', async () => {
    const name = newName();
    const first = await push(name, 'user', people(name));
    expect(first.status).toBe(200);
    expect(detailOf(first).count).toMatchObject({ created: UIDS.length, failed: 0 });
    const second = await push(name, 'user', people(name, () => ({ nickname: 'Nobody' })).slice(1, 2));
    expect(detailOf(second).count).toMatchObject({ all: 1, updated: 1 });
    const again = await push(name, 'user', people(name));
    expect(detailOf(again).count).toMatchObject({ unchanged: UIDS.length });
    const users = await host.rows<{ username: string }>('users', { where: { nickname: 'Nobody' } });
    expect(users.map((user) => user.username)).toEqual([username(name, 1)]);
  });

  it.each(UIDS)('when only %j has gone', async (uid) => {
    const name = newName();
    await push(name, 'user', people(name));
    await push(name, 'user', [{ uid, isDeleted: true }]);
    expect(await disabled(name)).toEqual([uid]);
    const all = people(name);
    await push(name, 'user', all);
    expect(await disabled(name)).toEqual([]);
    await push(
      name,
      'user',
      all.filter((one) => one.uid !== uid),
      { mode: 'full' },
    );
    expect(await disabled(name)).toEqual([uid]);
  });

  it('in memberships and parents', async () => {
    const name = newName();
    await push(name, 'department', departments(name, UIDS));
    const users = people(name, (at) => ({ departments: [UIDS[at]] }));
    expect(detailOf(await push(name, 'user', users)).warnings).toEqual([]);
    for (const at of UIDS.keys()) expect(await members(`${name} ${at}`)).toEqual([username(name, at)]);
    await push(name, 'department', [{ uid: 'child', title: `${name} child`, parentUid: 'a1' }]);
    const { departments: tree } = await readOrganisation(host);
    expect(tree.get(`${name} child`)).toMatchObject({ parent: `${name} 1` });
  });

  it('among those who wait for a department', async () => {
    const name = newName();
    await push(
      name,
      'user',
      people(name, (at) => ({ departments: [UIDS[at]] })),
    );
    const waiting = async () =>
      (await host.rows<{ awaits: string }>('userDataSyncPendingLinks', { where: { sourceName: name } })).map(
        ({ awaits }) => awaits,
      );
    for (const [at, uid] of UIDS.entries()) {
      expect((await waiting()).sort()).toEqual(UIDS.slice(at).sort());
      await push(name, 'department', departments(name, [uid]));
      expect(await members(`${name} ${at}`)).toEqual([username(name, at)]);
    }
    expect(await waiting()).toEqual([]);
  });

  it('for a user who waits for several of them', async () => {
    const name = newName();
    await push(name, 'user', [{ uid: '1', username: name, departments: UIDS }]);
    await push(name, 'department', departments(name, ['a1']));
    expect((await readOrganisation(host)).users.get(name)).toMatchObject({ departments: [`${name} 1`] });
    await push(name, 'department', departments(name, UIDS));
    const titles = UIDS.map((_, at) => `${name} ${at}`);
    expect((await readOrganisation(host)).users.get(name)).toMatchObject({ departments: titles });
  });

  it('in the scope of a source', async () => {
    const name = newName();
    await push(name, 'user', []);
    await decide(name, { scope: { subtrees: ['a1', 'ß'] } });
    await push(name, 'department', departments(name, UIDS));
    const users = people(name, (at) => ({ departments: [UIDS[at]] }));
    const { count } = detailOf(await push(name, 'user', users));
    expect(count).toMatchObject({ all: 2, created: 2 });
    const made = (await host.rows<{ username: string }>('users')).map((user) => user.username);
    expect(UIDS.filter((_, at) => made.includes(username(name, at)))).toEqual(['a1', 'ß']);
  });

  it.each(UIDS.filter((uid) => uid === uid.trim()))('in the change history: %j', async (uid) => {
    const name = newName();
    await push(name, 'user', people(name));
    const found = await admin.get(`/api/userData:listChanges?pageSize=200&search=${encodeURIComponent(uid)}`);
    const { data } = found.body as { data: { uid: string; task: { sourceName: string } }[] };
    expect(data.filter(({ task }) => task.sourceName === name).map((change) => change.uid)).toEqual([uid]);
  });

  it('in a run that was held, once it is approved', async () => {
    const name = newName();
    await push(name, 'user', people(name));
    await decide(name, { limits: { users: { count: 1 } } });
    const kept = ['a1', 'ss'];
    const rest = people(name).filter(({ uid }) => kept.includes(uid));
    const held = await push(name, 'user', rest, { mode: 'full' });
    expect(held.status).toBe(409);
    const { taskId } = errorOf(held) as unknown as { taskId: number };
    expect(await disabled(name)).toEqual([]);
    expect((await admin.post('/api/userData:approve', { id: taskId })).status).toBe(200);
    await waitForTask(host, taskId);
    expect(await disabled(name)).toEqual(UIDS.filter((uid) => !kept.includes(uid)));
  });

  it('when what failed is tried again', async () => {
    const [name, other] = [newName(), newName()];
    const email = `${name}@example.com`;
    await push(other, 'user', [{ uid: '1', username: other, email }]);
    const answer = await push(
      name,
      'user',
      people(name, (at) => (UIDS[at] === 'a1' ? { email } : {})),
    );
    expect(detailOf(answer).count).toMatchObject({ failed: 1 });
    await push(other, 'user', [{ uid: '1', email: null }]);
    const [source] = await host.rows<{ id: number }>('userDataSyncSources', { where: { name } });
    const id = (answer.body as PushBody).data.taskId;
    expect((await admin.post('/api/userData:retryFailed', { sourceId: source.id, id })).status).toBe(200);
    await waitForTask(host, id);
    const where = { taskId: id, attempt: 2 };
    const retried = await host.rows<{ uid: string; action: string }>('userDataSyncOutcomes', { where });
    expect(retried.map(({ uid, action }) => [uid, action])).toEqual([['a1', 'created']]);
  });
});

it('names of sources compare exactly', async () => {
  const names = ['Straße', 'strasse', 'STRASSE'];
  const count = async (name: string, at: number) =>
    detailOf(await push(name, 'user', [{ uid: '1', username: `named-${at}` }])).count;
  // People cannot make sources whose names can be taken for each other; earlier versions let them.
  const sources = host.db.getRepository('userDataSyncSources');
  for (const name of names) await sources.create({ values: { name, sourceType: 'api', enabled: true } });
  for (const [at, name] of names.entries()) expect(await count(name, at)).toMatchObject({ created: 1 });
  for (const [at, name] of names.entries()) expect(await count(name, at)).toMatchObject({ unchanged: 1 });
});

it('every column that holds a uid, the name of a source or the key of a row compares exactly', async () => {
  const inexact: string[] = [];
  for (const [name, collection] of host.db.collections) {
    if (!name.startsWith('userDataSync')) continue;
    for (const [field, { field: column = field }] of Object.entries(collection.model.getAttributes())) {
      if (!EXACT_FIELDS.includes(field) && `${name}.${field}` !== 'userDataSyncSources.name') continue;
      if ((await tellsApart(collection.quotedTableName() as string, column)) < UIDS.length)
        inexact.push(`${name}.${field}`);
    }
  }
  expect(inexact).toEqual([]);
});

it('what an earlier version stored about uids that differ in case is not put together', async () => {
  const table = host.db.getCollection('userDataSyncRecords').quotedTableName() as string;
  if (host.db.isMySQLCompatibleDialect()) {
    for (const { name } of await uniqueIndexes()) await host.db.sequelize.query(`DROP INDEX ${name} ON ${table}`);
    await host.db.sequelize.query(`ALTER TABLE ${table} CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci`);
    expect(await tellsApart(table, 'sourceUk')).toBeLessThan(UIDS.length);
  }
  const rows = UIDS.map((sourceUk) => ({ sourceName: 'old', dataType: 'user', sourceUk, metaData: {} }));
  await host.db.getModel('userDataSyncRecords').bulkCreate(rows);
  for (const time of ['once', 'again']) {
    await host.plugin.beforeEnable();
    await host.db.sync();
    const where = { sourceName: 'old' };
    const stored = await host.rows<{ sourceUk: string }>('userDataSyncRecords', { where, order: ['id'] });
    expect([time, ...stored.map(({ sourceUk }) => sourceUk)]).toEqual([time, ...UIDS]);
    expect(await uniqueIndexes()).toHaveLength(1);
  }
});

/** How many of the uids a column tells apart. */
async function tellsApart(table: string, column: string): Promise<number> {
  const { sequelize } = host.db;
  const texts = UIDS.map((uid) => `UNION ALL SELECT ${sequelize.escape(uid)}`).join(' ');
  const quoted = sequelize.getQueryInterface().quoteIdentifier(column);
  const [{ many }] = await sequelize.query<{ many: unknown }>(
    `SELECT COUNT(DISTINCT one) AS many FROM (SELECT ${quoted} AS one FROM ${table} WHERE 1 = 0 ${texts}) every_uid`,
    { type: QueryTypes.SELECT },
  );
  return Number(many);
}

/** The unique indexes of origin records, other than the primary key. */
async function uniqueIndexes() {
  const table = host.db.getCollection('userDataSyncRecords').getTableNameWithSchema() as string;
  const indexes: unknown = await host.db.sequelize.getQueryInterface().showIndex(table);
  return (indexes as { name: string; unique: boolean; primary: boolean }[]).filter(
    ({ unique, primary }) => unique && !primary,
  );
}
