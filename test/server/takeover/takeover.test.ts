import { Database } from '@nocobase/database';
import { Sequelize } from 'sequelize';
import { SyncSource, type UserData } from '../../../src/server';
import { OWN_PACKAGE } from '../../../src/server/model/names';
import { adoptSourceNames } from '../../../src/server/takeover/adopt-source-names';
import { mergeDuplicates } from '../../../src/server/takeover/merge-duplicates';
import { sealStoredSecrets } from '../../../src/server/takeover/seal-stored-secrets';
import { TestApp } from '../../support/app';
import { createDatabase, type TestDatabase } from '../../support/databases';
import { runOfficialHost } from '../../support/official-host';

const DEPARTMENTS: UserData = {
  dataType: 'department',
  sourceName: 'hr',
  records: [
    { uid: 'head', title: 'Head office' },
    { uid: 'it', title: 'IT', parentUid: 'head' },
    { uid: 'ops', title: 'Operations', parentUid: 'it' },
    { uid: 'sales', title: 'Sales', parentUid: 'head' },
  ],
};
const USERS: UserData = {
  dataType: 'user',
  sourceName: 'hr',
  matchKey: 'username',
  records: [
    { uid: 'ada', username: 'ada', nickname: 'Ada', email: 'ada@example.com', departments: ['it'] },
    { uid: 'bob', username: 'bob', nickname: 'Bob', departments: [{ uid: 'ops', isOwner: true, isMain: true }, 'it'] },
    { uid: 'cyd', username: 'cyd', nickname: 'Cyd', phone: '123', departments: ['sales', 'it'] },
    { uid: 'dan', username: 'dan', nickname: 'Dan' },
    { uid: 'eve', username: 'eve', nickname: 'Eve', departments: ['head'] },
  ],
};
const PAYROLL: UserData = {
  dataType: 'user',
  sourceName: 'payroll',
  matchKey: 'username',
  records: [{ uid: '7', username: 'fay', nickname: 'Fay' }],
};
const OPTIONS = {
  url: 'https://directory.example.com',
  password: 'plain-password',
  login: { user: 'reader', apiKey: 'plain-key' },
  token: '',
};

/** A host is installed, stopped and started again, in ms. */
const TWO_STARTS = 180_000;

type Row = Record<string, unknown>;

interface Member {
  username: string;
  departments: { title: string; departmentsUsers: { isOwner: unknown } }[];
  mainDepartment: { title: string } | null;
}

/** What the official plugin leaves behind after some years: rows that its own code made, and rows that races made. */
async function leaveTraces(database: TestDatabase): Promise<void> {
  const connection = new Sequelize({ ...database.options, logging: false });
  const sql = connection.getQueryInterface();
  const read = async (table: string) =>
    (await connection.query(`SELECT * FROM ${sql.quoteIdentifiers(table)}`))[0] as Row[];
  const records = await read('userDataSyncRecords');
  const links = await read('userDataSyncRecordsResources');
  const record = (uid: string) => records.find((row) => row.sourceUk === uid) as Row;
  const stored = (row: Row) => (typeof row.metaData === 'string' ? JSON.parse(row.metaData) : row.metaData) as Row;
  const linksOf = (uid: string) => links.filter((row) => String(row.recordId) === String(record(uid).id));
  const year = (number: number) => new Date(`${number}-01-01T00:00:00Z`);
  const times = { createdAt: year(2020), updatedAt: year(2020) };
  const without = ({ id: _id, ...row }: Row): Row => row;
  const link = (recordId: unknown, resource: string, resourcePk: string | null) => ({
    ...times,
    recordId,
    resource,
    resourcePk,
  });

  const duplicate = (uid: string, id: number, updatedAt: Date, nickname: string): Row => ({
    ...without(record(uid)),
    id,
    updatedAt,
    metaData: JSON.stringify({ ...stored(record(uid)), nickname }),
    lastMetaData: null,
  });
  await sql.bulkInsert('userDataSyncRecords', [
    duplicate('ada', 901, year(2020), 'Older Ada'),
    duplicate('bob', 902, year(2099), 'Newer Bob'),
    duplicate('bob', 903, year(2021), 'Older Bob'),
  ]);
  await sql.bulkInsert('userDataSyncRecordsResources', [
    ...linksOf('ada').map((row) => ({ ...without(row), recordId: 901 })),
    link(901, 'badges', '17'),
    ...linksOf('eve').map(without),
    link(record('eve').id, 'badges', null),
    link(record('eve').id, 'badges', null),
    link(record('cyd').id, 'users', '99999'),
    link(99998, 'users', '1'),
  ]);
  await sql.bulkUpdate('userDataSyncRecordsResources', { resourcePk: '99997' }, { id: linksOf('dan')[0].id });

  const directory = { name: 'directory', sourceType: 'directory', enabled: true, options: JSON.stringify(OPTIONS) };
  await sql.bulkInsert('userDataSyncSources', [{ id: 5, ...directory, sort: 3, ...times }]);
  await sql.bulkInsert('userDataSyncTasks', [
    { batch: '20200101000000111111', sourceId: 5, status: 'processing', sort: 1, ...times },
    { batch: '20200101000000222222', sourceId: 5, status: 'success', cost: 12, sort: 2, ...times },
  ]);
  await connection.close();
}

describe('an installation of the built-in plugin, taken over when this one is enabled', () => {
  let database: TestDatabase;
  let host: TestApp;
  let token: string;

  beforeAll(async () => {
    database = await createDatabase();
    await runOfficialHost(database, [DEPARTMENTS, USERS, PAYROLL]);
    await leaveTraces(database);
    host = await TestApp.start({ database });
    token = await host.adminToken();
  }, TWO_STARTS);
  afterAll(async () => {
    await host?.stop();
    await database?.drop();
  });

  const post = async (action: string, body: object) => {
    const response = await host.http.post(`/api/${action}`).set('Authorization', `Bearer ${token}`).send(body);
    return response as { status: number; body: { data: Row & { result: { resource: string; detail: Row }[] } } };
  };
  const push = async (data: object) => {
    const { status, body } = await post('userData:push', data);
    expect(status).toBe(200);
    return Object.fromEntries(body.data.result.map(({ resource, detail }) => [resource, detail.count]));
  };
  const record = async (sourceUk: string) => {
    const rows = await host.rows('userDataSyncRecords', { where: { sourceUk } });
    return rows[0];
  };
  const linksOf = async (recordId: unknown) => {
    const rows = await host.rows('userDataSyncRecordsResources', { where: { recordId } });
    return rows.map((row) => `${String(row.resource)} ${String(row.resourcePk)}`).sort();
  };
  const user = async (username: string) => (await host.rows('users', { where: { username } }))[0];
  const departmentId = async (title: string) => String((await host.rows('departments', { where: { title } }))[0].id);
  const memberships = async () => {
    const rows = (await host.db
      .getRepository('users')
      .find({ appends: ['departments', 'mainDepartment'] })) as unknown as Member[];
    return Object.fromEntries(
      rows.map(({ username, departments, mainDepartment }) => {
        const titles = departments.map(
          ({ title, departmentsUsers: { isOwner } }) => title + (isOwner ? ' (owner)' : ''),
        );
        return [username, [...titles.sort(), `main: ${mainDepartment?.title ?? 'none'}`]];
      }),
    );
  };
  const before = {
    ada: ['IT', 'main: IT'],
    bob: ['IT', 'Operations (owner)', 'main: Operations'],
    cyd: ['IT', 'Sales', 'main: IT'],
  };

  it('merges records that were stored twice into the one changed last, with the links of all', async () => {
    const records = await host.rows<{ sourceUk: string; metaData: unknown }>('userDataSyncRecords');
    expect(records.map((row) => row.sourceUk).sort()).toEqual(
      ['7', 'ada', 'bob', 'cyd', 'dan', 'eve', 'head', 'it', 'ops', 'sales'].sort(),
    );
    const [ada, bob] = [await record('ada'), await record('bob')];
    expect(JSON.stringify(ada.metaData)).not.toContain('Older Ada');
    expect(JSON.stringify(bob.metaData)).toContain('Newer Bob');
    const it = await departmentId('IT');
    const ops = await departmentId('Operations');
    expect(await linksOf(ada.id)).toEqual(
      [`departments ${it}`, `users ${String((await user('ada')).id)}`, 'badges 17'].sort(),
    );
    expect(await linksOf(bob.id)).toEqual(
      [`departments ${it}`, `departments ${ops}`, `users ${String((await user('bob')).id)}`].sort(),
    );
  });

  it('keeps links that lack a part of their key or lead nowhere', async () => {
    expect(await linksOf((await record('eve')).id)).toEqual(
      [
        `departments ${await departmentId('Head office')}`,
        `users ${String((await user('eve')).id)}`,
        'badges null',
        'badges null',
      ].sort(),
    );
    expect(await linksOf((await record('cyd')).id)).toContain('users 99999');
    expect(await linksOf((await record('dan')).id)).toEqual(['users 99997']);
    expect(await linksOf(99998)).toEqual(['users 1']);
  });

  it('refuses a second record of the same uid and a second equal link from now on', async () => {
    const existing = await record('ada');
    const { sourceName, dataType, sourceUk } = existing;
    const records = host.db.getModel('userDataSyncRecords');
    await expect(records.create({ sourceName, dataType, sourceUk })).rejects.toThrow(/unique|Validation/i);
    const links = host.db.getModel('userDataSyncRecordsResources');
    const values = { recordId: existing.id, resource: 'badges', resourcePk: '17' };
    await expect(links.create(values)).rejects.toThrow(/unique|Validation/i);
    expect(await linksOf(existing.id)).toHaveLength(3);
  });

  it('keeps tasks and fails the one whose run is gone', async () => {
    const tasks = await host.rows('userDataSyncTasks', { where: { sourceId: 5 }, order: ['id'] });
    expect(tasks).toMatchObject([
      { batch: '20200101000000111111', status: 'failed', code: 'INTERRUPTED' },
      { batch: '20200101000000222222', status: 'success', cost: 12, code: null },
    ]);
  });

  it('makes every name that was pushed under a source that can be pushed to', async () => {
    const sources = await host.rows('userDataSyncSources', { order: ['name'] });
    expect(sources.map(({ name, sourceType, enabled }) => [name, sourceType, Boolean(enabled)])).toEqual([
      ['api', 'api', true],
      ['directory', 'directory', true],
      ['hr', 'api', true],
      ['payroll', 'api', true],
    ]);
    expect(new Set(sources.map(({ sort }) => sort)).size).toBe(4);
    expect(await push(PAYROLL)).toMatchObject({ users: { all: 1, unchanged: 1 } });
  });

  it('keeps secrets out of the database and gives them to the source as they were', async () => {
    const [row] = await host.rows('userDataSyncSources', { where: { name: 'directory' } });
    expect(JSON.stringify(row.options)).not.toMatch(/plain-/);
    expect(JSON.stringify(row.options)).toContain('https://directory.example.com');
    let seen: unknown;
    class Directory extends SyncSource {
      async pull(): Promise<UserData[]> {
        seen = this.options;
        return [];
      }
    }
    host.plugin.sourceManager.registerType('directory', { syncSource: Directory });
    const { body } = await post('userData:pull', { name: 'directory' });
    expect(await host.taskEnd(body.data.taskId as number)).toMatchObject({ status: 'success' });
    expect(seen).toEqual(OPTIONS);
    const shown = await host.http.get('/api/userDataSyncSources:list').set('Authorization', `Bearer ${token}`);
    expect((shown.body as { data: Row[] }).data).toContainEqual(
      expect.objectContaining({
        name: 'directory',
        options: { url: OPTIONS.url, login: { user: 'reader' } },
        secretsSet: ['password', 'login.apiKey'],
      }),
    );
  });

  it('keeps memberships, owners and main departments', async () => {
    expect(await memberships()).toMatchObject(before);
  });

  it('finds nothing to change when the same data comes again', async () => {
    expect(await push(DEPARTMENTS)).toMatchObject({ departments: { all: 4, unchanged: 4, warnings: 0 } });
    const departments = { all: 5, unchanged: 5, failed: 0, warnings: 0 };
    // One link led to a user that is gone; the match key finds the right one.
    const users = { all: 5, failed: 0, warnings: 0 };
    expect(await push(USERS)).toMatchObject({ users: { ...users, unchanged: 4, linked: 1 }, departments });
    expect(await push(USERS)).toMatchObject({ users: { ...users, unchanged: 5 }, departments });
    expect(await memberships()).toMatchObject(before);
    expect(await host.db.getRepository('users').count()).toBe(7);
  });

  it('applies what changes and removes what goes', async () => {
    const changed = {
      ...USERS,
      records: [
        { uid: 'cyd', nickname: 'Cydney', departments: ['ops'] },
        { uid: 'eve', isDeleted: true },
      ],
    };
    const moved = { ...DEPARTMENTS, records: [{ uid: 'ops', title: 'Operations', parentUid: 'head' }] };
    expect(await push(moved)).toMatchObject({ departments: { updated: 1 } });
    expect(await push(changed)).toMatchObject({ users: { updated: 1, disabled: 1 } });
    expect(await user('cyd')).toMatchObject({ nickname: 'Cydney' });
    expect(Boolean((await user('eve'))?.isDisabled)).toBe(true);
    expect((await memberships()).cyd).toEqual(['Operations', 'main: Operations']);
    const { parentId } = (await host.rows('departments', { where: { title: 'Operations' } }))[0];
    expect(String(parentId)).toBe(await departmentId('Head office'));
  });

  it('has nothing left to take over the next time', async () => {
    const tables = ['userDataSyncSources', 'userDataSyncRecords', 'userDataSyncRecordsResources'];
    const state = () => Promise.all(tables.map((table) => host.rows(table, { order: ['id'] })));
    await host.db.getModel('userDataSyncSources').destroy({ where: { name: 'payroll' } });
    const left = await state();
    await mergeDuplicates(host.db);
    await adoptSourceNames(host.db);
    const { sourceManager } = host.plugin;
    await sealStoredSecrets(host.db, (type) => sourceManager.secretsOf(type), host.app.aesEncryptor);
    expect(await state()).toEqual(left);
  });
});

describe('an installation whose built-in plugin was switched off', () => {
  let database: TestDatabase;
  let host: TestApp;

  beforeAll(async () => {
    database = await createDatabase();
    await runOfficialHost(database, [{ ...PAYROLL, sourceName: 'hr' }]);
    const connection = new Sequelize({ ...database.options, logging: false });
    const sql = connection.getQueryInterface();
    await sql.bulkUpdate('applicationPlugins', { enabled: false }, { name: 'user-data-sync' });
    const table = sql.quoteIdentifiers('userDataSyncRecords');
    const columns = ['sourceName', 'dataType', 'sourceUk', 'createdAt', 'updatedAt'].map((c) => sql.quoteIdentifier(c));
    await connection.query(`INSERT INTO ${table} (${columns.join()}) SELECT ${columns.join()} FROM ${table}`);
    const now = new Date();
    const source = { name: 'ldap', sourceType: 'ldap', options: JSON.stringify(OPTIONS), sort: 1 };
    await sql.bulkInsert('userDataSyncSources', [{ ...source, createdAt: now, updatedAt: now }]);
    await connection.close();
    host = await TestApp.start({ database, isStock: true });
  }, TWO_STARTS);
  afterAll(async () => {
    await host?.stop();
    await database?.drop();
  });

  it('is taken over when the plugin is enabled', async () => {
    expect(host.plugin).toBeUndefined();
    await host.app.pm.enable(OWN_PACKAGE);
    expect(await host.rows('userDataSyncRecords')).toHaveLength(1);
    const sources = await host.rows('userDataSyncSources');
    expect(sources.map(({ name }) => name).sort()).toEqual(['api', 'hr', 'ldap']);
    expect(JSON.stringify(sources)).not.toMatch(/plain-/);
    const result = await host.plugin.syncService.push({ ...PAYROLL, sourceName: 'hr' });
    expect(result[0]).toMatchObject({ resource: 'users', detail: { count: { all: 1, failed: 0 } } });
  });
});

describe('tables with a prefix, a schema and underscored columns', () => {
  let database: TestDatabase;
  let db: Database;
  const options = () => {
    const schema = database.options.dialect === 'postgres' ? { schema: 'own' } : {};
    return { ...database.options, ...schema, tablePrefix: 'n_', underscored: true, logging: false as const };
  };

  beforeAll(async () => {
    database = await createDatabase();
    db = new Database(options());
  });
  afterAll(async () => {
    await db?.close();
    await database?.drop();
  });

  it('are none of the takeover’s business while they are not there', async () => {
    await expect(mergeDuplicates(db)).resolves.toBeUndefined();
    await expect(adoptSourceNames(db)).resolves.toBeUndefined();
  });

  it('are taken over like any other', async () => {
    const made = new Database(options());
    const text = (name: string) => ({ name, type: 'string' });
    made.collection({
      name: 'userDataSyncRecords',
      fields: [text('sourceName'), text('dataType'), text('sourceUk')],
    });
    made.collection({
      name: 'userDataSyncRecordsResources',
      fields: [{ name: 'recordId', type: 'bigInt' }, text('resource'), text('resourcePk')],
    });
    made.collection({
      name: 'userDataSyncSources',
      fields: [
        text('name'),
        text('sourceType'),
        { name: 'enabled', type: 'boolean' },
        { name: 'options', type: 'json' },
        { name: 'sort', type: 'integer' },
      ],
    });
    await made.sync();
    const record = { sourceName: 'hr', dataType: 'user', sourceUk: '1' };
    const records = await made
      .getModel('userDataSyncRecords')
      .bulkCreate([record, record, { ...record, sourceUk: '2' }]);
    const link = { resource: 'users', resourcePk: '5' };
    const ids = records.map((row) => row.get('id') as number);
    await made.getModel('userDataSyncRecordsResources').bulkCreate(ids.map((recordId) => ({ ...link, recordId })));

    await mergeDuplicates(db);
    await adoptSourceNames(db);

    const kept = await made.getModel('userDataSyncRecords').findAll({ order: ['id'], raw: true });
    expect(kept).toMatchObject([{ id: ids[1] }, { id: ids[2] }]);
    const links = await made.getModel('userDataSyncRecordsResources').findAll({ order: ['id'], raw: true });
    expect(links).toMatchObject([{ recordId: ids[1] }, { recordId: ids[2] }]);
    const sources = await made.getModel('userDataSyncSources').findAll({ raw: true });
    expect(sources).toMatchObject([{ name: 'hr', sourceType: 'api' }]);
    await made.close();
  });
});
