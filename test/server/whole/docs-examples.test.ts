import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import PluginContacts from '../../../docs/examples/contacts-resource';
import PluginHrSync from '../../../docs/examples/hr-source';
import PluginPhoneBook from '../../../docs/examples/phone-book-target';
import PluginApprovals from '../../../docs/examples/removal-check';
import { errorStatus } from '../../../src/server/errors';
import { TRIED_WITH } from '../../../src/server/in-place/host-version';
import { TestApp } from '../../support/app';
import { waitForTask } from '../../support/tasks';

const docs = path.resolve(__dirname, '../../../docs');
const read = (file: string) => readFileSync(path.join(docs, file), 'utf8');

const root = path.resolve(docs, '..');
const pages = [
  'README.md',
  ...readdirSync(docs)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** What is tracked below a folder; a plugin that was built there has more. */
const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((file) => !/(^|\/)(dist|node_modules)\/|\.tgz$|package-lock\.json$/.test(file));

/** The name by which a heading can be linked. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');

describe('the documentation', () => {
  it.each(filesIn(path.join(docs, 'examples')))('shows docs/examples/%s as it is', (file) => {
    const text = read(`examples/${file}`);
    const language = path.extname(file).slice(1).replace('mjs', 'js');
    // What has one line may stand in the text.
    const shown = /\n./.test(text) ? '```' + language + '\n' + text + '```' : '`' + text.trim() + '`';
    expect(pages.filter((page) => read(`../${page}`).includes(shown))).toHaveLength(1);
  });

  it.each(Object.keys(errorStatus))('explains the code %s', (code) => {
    expect(read('http-api.md')).toContain(`\`${code}\``);
  });

  it.each(pages)('has no dead link in %s', (page) => {
    const links = [...readFileSync(path.join(root, page), 'utf8').matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
    const dead = links.filter(([, target, anchor]) => {
      const file = target === '' ? path.join(root, page) : path.resolve(root, path.dirname(page), target);
      if (anchor === undefined || !existsSync(file)) return !existsSync(file);
      const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading));
      return !headings.includes(anchor);
    });
    expect(dead.map(([link]) => link)).toEqual([]);
  });
});

describe('the source plugin of the documentation', () => {
  const folder = path.join(docs, 'examples/source-plugin');

  it('compiles', () => {
    const tsc = require.resolve('typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
    expect([stdout, status]).toEqual(['', 0]);
  });

  it('was tried with the NocoBase that this plugin was tried with', () => {
    const json = JSON.parse(read('examples/source-plugin/package.json')) as { devDependencies: Record<string, string> };
    expect(read('examples/source-plugin/build.mjs')).toContain(`const nocobase = '${TRIED_WITH}';`);
    expect(json.devDependencies['@nocobase/plugin-user-data-sync']).toBe(TRIED_WITH);
  });
});

describe('the examples of the documentation', () => {
  /** A small HR system. */
  const hr = {
    token: 'let-me-in',
    units: [{ code: 'U1', name: 'Kitchen', above: null as string | null }],
    pages: [[person(7, 'Maria')], [person(8, 'Jonas')]] as ReturnType<typeof person>[][],
  };
  let host: TestApp;
  let server: Server;
  let admin: string;

  function person(number: number, name: string) {
    return { number, name, mail: `${name.toLowerCase()}@example.com`, unit: 'U1', leadsUnit: number === 7 };
  }

  beforeAll(async () => {
    server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
      response.statusCode = request.headers.authorization === `Bearer ${hr.token}` ? 200 : 401;
      const page = Number(searchParams.get('page')) - 1;
      response.end(JSON.stringify(pathname === '/units' ? hr.units : (hr.pages[page] ?? [])));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    host = await TestApp.start({
      plugins: {
        'hr-sync': PluginHrSync,
        'phone-book': PluginPhoneBook,
        contacts: PluginContacts,
        approvals: PluginApprovals,
      },
    });
    admin = await host.adminToken();
  });
  afterAll(async () => {
    await host?.stop();
  });

  const post = async (url: string, body: object) => {
    const response = await host.http.post(url).set('Authorization', `Bearer ${admin}`).send(body);
    return response.body as { data: Record<string, never>; errors?: { code: string; message: string }[] };
  };
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sync = async () => waitForTask(host, (await post('/api/userData:pull', { name: 'hr' })).data.taskId);
  const push = async (record: object) => {
    const { data } = await post('/api/userData:push', { dataType: 'user', records: [record] });
    const results = data.result as { resource: string; detail: { count: Record<string, number> } }[];
    return Object.fromEntries(results.map(({ resource, detail }) => [resource, detail.count]));
  };

  it('the source type refuses options that cannot work', async () => {
    const values = { name: 'hr', sourceType: 'hr', enabled: true, options: { url: 'nowhere', token: 't' } };
    expect((await post('/api/userDataSyncSources:create', values)).errors).toEqual([
      { code: 'SOURCE_OPTIONS_INVALID', message: 'options.url: expected address. Correct the option and save again.' },
    ]);
  });

  it('the source type keeps its token to itself', async () => {
    const options = { url: url(), token: hr.token };
    const { data } = await post('/api/userDataSyncSources:create', {
      name: 'hr',
      sourceType: 'hr',
      enabled: true,
      options,
    });
    expect(data).toMatchObject({ options: { url: url() }, secretsSet: ['token'] });
    const [row] = await host.rows<{ options: unknown }>('userDataSyncSources', { where: { name: 'hr' } });
    expect(JSON.stringify(row.options)).not.toContain(hr.token);
  });

  it('the source brings departments and users, page by page', async () => {
    expect(await sync()).toMatchObject({ status: 'success', total: 3 });
    const user = (await host.db.getRepository('users').findOne({
      filter: { email: 'maria@example.com' },
      appends: ['departments', 'mainDepartment'],
    })) as { toJSON(): unknown };
    expect(user.toJSON()).toMatchObject({
      nickname: 'Maria',
      departments: [{ title: 'Kitchen', departmentsUsers: { isOwner: true } }],
      mainDepartment: { title: 'Kitchen' },
    });
    expect((await sync()).counts).toMatchObject({
      users: { unchanged: 2 },
      memberships: { unchanged: 2 },
      departments: { unchanged: 1 },
    });
  });

  it('the source says that it has everybody, so that who is missing has gone', async () => {
    const jonas = hr.pages.pop();
    expect((await sync()).counts).toMatchObject({ users: { unchanged: 1, disabled: 1 } });
    hr.pages.push(jonas ?? []);
    expect((await sync()).counts).toMatchObject({ users: { unchanged: 1, enabled: 1 } });
  });

  it('the source says what the other system answered', async () => {
    hr.token = 'changed';
    expect(await sync()).toMatchObject({
      status: 'failed',
      code: 'EXTERNAL_API_ERROR',
      message:
        'The other system returned an error: /units: 401 Unauthorized. Check the options of the source and press Retry.',
    });
  });

  it('the source says that the other system cannot be reached', async () => {
    server.close();
    server.closeAllConnections();
    expect(await sync()).toMatchObject({
      status: 'failed',
      code: 'SOURCE_FAILED',
      message: expect.stringMatching(
        /^The source could not be read: fetch failed: .*ECONNREFUSED.*\. Fix the problem, then press Retry\.$/,
      ) as string,
    });
  });

  it('the bulk target keeps its collection as the records say', async () => {
    const entries = () => host.rows('phoneBook', { attributes: ['name', 'phone'] });
    const eve = { uid: 'p1', nickname: 'Eve', phone: '5550111' };
    expect(await push(eve)).toMatchObject({ phoneBook: { created: 1 } });
    expect(await push(eve)).toMatchObject({ phoneBook: { unchanged: 1 } });
    expect(await push({ ...eve, phone: '5550112' })).toMatchObject({ phoneBook: { updated: 1 } });
    expect(await entries()).toEqual([{ name: 'Eve', phone: '5550112' }]);
    expect(await push({ ...eve, isDeleted: true })).toMatchObject({ phoneBook: { deleted: 1 } });
    expect(await entries()).toEqual([]);
    expect(await push({ ...eve, isDeleted: true })).toMatchObject({ phoneBook: { unchanged: 1 } });
  });

  it('the record-by-record target keeps its collection as the records say', async () => {
    const contacts = () =>
      host.rows('contacts', { attributes: ['name', 'email'], where: { email: 'kim@example.com' } });
    const kim = { uid: 'c1', nickname: 'Kim', email: 'kim@example.com' };
    expect(await push(kim)).toMatchObject({ contacts: { created: 1 } });
    expect(await push({ ...kim, nickname: 'Kimberly' })).toMatchObject({ contacts: { updated: 1 } });
    expect(await contacts()).toEqual([{ name: 'Kimberly', email: 'kim@example.com' }]);
    expect(await push({ ...kim, isDeleted: true })).toMatchObject({ contacts: { unlinked: 1 } });
    expect(await contacts()).toEqual([]);
    expect(await push({ ...kim, isDeleted: true })).toMatchObject({ contacts: { unchanged: 1 } });
    expect(await contacts()).toEqual([]);
  });

  it('the check keeps users for whom approvals wait', async () => {
    const mia = { uid: 'm1', nickname: 'Mia', email: 'mia@example.com' };
    await push(mia);
    const [{ id: approverId }] = await host.rows<{ id: number }>('users', { where: { email: mia.email } });
    const approvals = host.db.getRepository('approvals');
    for (const isOpen of [true, true, false]) await approvals.create({ values: { approverId, isOpen } });
    const body = { dataType: 'user', records: [{ uid: mia.uid, isDeleted: true }] };
    const [users] = (await post('/api/userData:push', body)).data.result as {
      detail: { failedRecords: { code: string; message: string }[] };
    }[];
    expect(users.detail.failedRecords).toEqual([
      expect.objectContaining({
        code: 'HAS_DEPENDENTS',
        message: expect.stringContaining('(2 open approvals)') as string,
      }),
    ]);
    await approvals.update({ filter: { approverId }, values: { isOpen: false } });
    expect(await push({ uid: mia.uid, isDeleted: true })).toMatchObject({ users: { disabled: 1 } });
  });

  it('a dry run shows what targets would do, and calls none of them to write', async () => {
    const lea = { uid: 'l1', nickname: 'Lea', email: 'lea@example.com', phone: '5550113' };
    const before = await Promise.all(['contacts', 'phoneBook', 'users'].map((name) => host.rows(name)));
    const { data } = await post('/api/userData:push', { dataType: 'user', dryRun: true, records: [lea] });
    const results = data.result as { resource: string; detail: { count: object } }[];
    for (const resource of ['users', 'phoneBook', 'contacts'])
      expect(results.find((result) => result.resource === resource)?.detail.count).toMatchObject({ created: 1 });
    expect(await Promise.all(['contacts', 'phoneBook', 'users'].map((name) => host.rows(name)))).toEqual(before);
  });

  it('a target can be tried without a task', async () => {
    const sync = host.plugin;
    const tasks = (await host.rows('userDataSyncTasks')).length;
    const [users] = await sync.resourceManager.updateOrCreate({
      sourceName: 'trial',
      dataType: 'user',
      records: [{ uid: '1', nickname: 'Eve', phone: '5550111' }],
    });
    expect([users.resource, users.detail.count.created]).toEqual(['users', 1]);
    expect(await host.rows('userDataSyncTasks')).toHaveLength(tasks);
  });
});
